#!/usr/bin/env bash
# Kills and freezes two api instances, two workers, their jails and their Redis at random, under load, and holds what became of
# each job against what was accepted.
#   scripts/chaos.sh [SECONDS] [SEED]   60 and any, when left out; a seed repeats a run's faults
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh --dev
scripts/build.sh
export CHAOS_SECONDS=${1:-60} CHAOS_SEED=${2:-$RANDOM} PATH="$PWD/node_modules/.bin:$PATH"
exec jest --selectProjects e2e --runInBand test/chaos.e2e-spec.ts
