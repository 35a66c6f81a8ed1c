#!/usr/bin/env bash
# Installs what this machine and this tree lack. Where nothing is lacking it takes well under a second.
#   scripts/setup.sh         what the service needs
#   scripts/setup.sh --dev   and what the checks and tests need
#   scripts/setup.sh --python, --npm   the Python or the npm packages alone, where an image's build has installed the rest
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stamp.sh

die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

can_import() { python3 -c "import $1" 2>/dev/null; }
has_seccomp() { python3 -c 'import ctypes; ctypes.CDLL("libseccomp.so.2")' 2>/dev/null; }

check_machine() {
  command -v python3 >/dev/null || die 'python3 is not on the PATH; Python 3.11 or newer is needed: apt-get install python3'
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    die "Python 3.11 or newer is needed; $(command -v python3) is $(python3 --version)"
}

install_system_packages() {
  local packages=()
  command -v redis-server >/dev/null || packages+=(redis-server)
  has_seccomp || packages+=(libseccomp2)
  can_import ensurepip,venv || packages+=(python3-venv)
  [ ${#packages[@]} -gt 0 ] || return 0
  require_packages "${packages[@]}"
  can_import ensurepip,venv || die "$(command -v python3) cannot make virtual environments: it has no ensurepip"
}

# What test/standard-library runs: the tests of the system's own Python, which are a package by themselves.
install_library_tests() {
  local python=/usr/bin/python3
  [ -x "$python" ] || require_packages python3
  "$python" -c 'import test.list_tests' 2>/dev/null ||
    require_packages "libpython$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-testsuite"
}

# What test/metrics.e2e-spec.ts has the metrics read by: a real Prometheus, and its promtool.
install_prometheus() {
  command -v promtool >/dev/null || require_packages prometheus
}

require_packages() {
  command -v apt-get >/dev/null || die "please install (Debian's names): $*"
  [ "$(id -u)" = 0 ] || die "please run: sudo apt-get update && sudo apt-get install --yes $*"
  say "installing with apt: $*"
  apt_install "$@" || die "apt-get could not install: $*"
}

# Debian starts and enables a Redis on port 6379, and a Prometheus, as soon as they are installed. The service and its tests run
# their own.
apt_install() (
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update &&
    apt-get -qq install --yes --no-install-recommends -o DPkg::Lock::Timeout=120 "$@" >/dev/null || exit
  local service
  for service in redis-server prometheus; do
    [[ " $* " != *" $service "* ]] || update-rc.d "$service" disable
  done
)

# make_venv DIRECTORY LOCK: a virtual environment that holds exactly what the lock file names.
make_venv() {
  local venv=$1 lock=$2 wanted
  wanted="$PWD $(fingerprint scripts/setup.sh) $(python3 -c 'import sys; print(sys.base_prefix, sys.version)') $(fingerprint "$lock")"
  is_stamped "$venv/.stamp" "$wanted" && "$venv/bin/python" -c '' 2>/dev/null && return
  say "installing Python packages into $venv"
  python3 -m venv --clear "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes \
    --only-binary :all: -r "$lock"
  # With the names that files have in a jail, since programs can read what is compiled. Some packages carry files of no
  # Python that is known here.
  "$venv/bin/python" -m compileall -f -qq -j 0 -s "$venv" -p /srv/python "$venv/lib" || true
  printf '%s\n' "$wanted" >"$venv/.stamp"
}

# The tools see the runtime's packages too; programs never see the tools.
make_dev_venv() {
  make_venv python-runtime/.venv-dev python-runtime/requirements-dev.lock
  "$PWD/python-runtime/.venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
    >"$(python-runtime/.venv-dev/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/runtime.pth"
}

install_npm_packages() {
  local stamp=node_modules/.setup-stamp sources=(package.json package-lock.json .npmrc)
  is_stamped "$stamp" "$(fingerprint "${sources[@]}")" && return
  say 'installing npm packages'
  # Without --no-save npm 10 rewrites the lock file. `npm ci` of npm 11 refuses it: packages of other platforms are "missing".
  npm install --no-save --include=dev --loglevel=error </dev/null
  # The npm package `node` links its binary in an install script: some machines run none.
  has_node_24 || npm rebuild node --ignore-scripts=false --loglevel=error
  has_node_24 || die 'node_modules/.bin/node is not Node 24; this shows why: npm rebuild node --foreground-scripts'
  fingerprint "${sources[@]}" >"$stamp"
}
has_node_24() { [[ "$(node_modules/.bin/node --version 2>/dev/null)" == v24.* ]]; }

# Two at once would install over each other.
exec 9<.
flock --nonblock 9 || { say 'waiting for another setup of this directory'; flock 9; }
check_machine
case ${1:-} in
  --python)
    make_venv python-runtime/.venv python-runtime/requirements.lock
    exit
    ;;
  --npm)
    install_npm_packages
    exit
    ;;
esac
install_system_packages
make_venv python-runtime/.venv python-runtime/requirements.lock
if [ "${1:-}" = --dev ]; then
  install_library_tests
  install_prometheus
  make_dev_venv
fi
install_npm_packages
