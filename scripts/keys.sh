#!/usr/bin/env bash
# Adds, lists and removes API keys. Installs and builds what is needed first, and says so on stderr: stdout is for the key alone.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh >&2
scripts/build.sh >&2
exec node_modules/.bin/node dist/keys.js "$@"
