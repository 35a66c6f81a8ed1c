#!/usr/bin/env bash
# Builds dist, unless it is what these sources give.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stamp.sh
PATH="$PWD/node_modules/.bin:$PATH"

wanted=$(fingerprint src tsconfig.json tsconfig.build.json nest-cli.json package-lock.json)
is_stamped dist/.stamp "$wanted" && exit
say 'building'
nest build
printf '%s\n' "$wanted" >dist/.stamp
