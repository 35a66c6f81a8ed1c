# Sourced by the scripts that make a Debian.
# shellcheck shell=bash

# Debian's main archive as this machine's apt knows it.
mirror() {
  # shellcheck disable=SC2016 # apt's own variable
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' 'Component: main' | head -n 1
}
