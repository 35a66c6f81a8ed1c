#!/usr/bin/env bash
# Writes python-runtime/*.lock, every package with its hashes, from the requirements files. Needs `uv`.
set -euo pipefail
cd "$(dirname "$0")/../python-runtime"

for name in requirements requirements-dev; do
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
    "$@" "$name.txt" --output-file "$name.lock"
done
