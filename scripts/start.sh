#!/usr/bin/env bash
# Installs and builds what is needed, then becomes the service.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
scripts/build.sh
exec node_modules/.bin/node dist/main.js
