# Sourced by the scripts that do only what is not done yet. A stamp is a file with the fingerprint of what was worked on.
# shellcheck shell=bash

say() { printf '> %s\n' "$*"; }

# One hash over the names and contents of all files in the paths given.
fingerprint() { find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum; }
is_stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }
