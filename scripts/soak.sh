#!/usr/bin/env bash
# Keeps a service under a steady mixed load, and says whether it takes more and more of anything.
#   scripts/soak.sh [MINUTES]   30, when left out; SOAK_SEED repeats a run's choices
# Prints a line a minute; at the end each series' last third against its first, and PASS or FAIL.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh --dev
scripts/build.sh
export SOAK_MINUTES=${1:-30} PATH="$PWD/node_modules/.bin:$PATH"
exec jest --selectProjects soak --runInBand
