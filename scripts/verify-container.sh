#!/usr/bin/env bash
# Builds the image, starts docker-compose.yml and shows that it does what docs/containers.md says: test/container.
# A Docker engine that answers is used, with its registry. Else this needs root, Debian's packages and four minutes: it starts an
# engine of its own, and makes the base images. Nothing of it stays but the packages (docker.io, debootstrap).
#   VERIFY_DIR    where an engine of its own has its data (/var/tmp): 4 GB
#   PORT          of this machine, for the api (38080)
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stamp.sh
die() { printf 'verify-container: %s\n' "$*" >&2; exit 1; }
source scripts/container-engine.sh

docker=docker
compose='docker compose'
build_options=()
export COMPOSE_PROJECT_NAME="pyexec-verify-$$" IMAGE="exec-service:verify-$$" PORT="${PORT:-38080}"
# Where a webhook's receiver is here: another container.
export WEBHOOK_ALLOWED_NETWORKS=10.0.0.0/8,172.16.0.0/12,192.168.0.0/16 WORKER_CONCURRENCY=2

clean() {
  set +e
  $compose down --volumes --remove-orphans --timeout 5 >/dev/null 2>&1
  "$docker" image rm --force "$IMAGE" >/dev/null 2>&1
  stop_engine
}

build_image() {
  say 'building the image'
  # Where a proxy signs TLS anew, builds must know its certificate.
  [ -z "${SSL_CERT_FILE:-}" ] || build_options+=(--secret "id=extra_ca,src=$SSL_CERT_FILE")
  "$docker" build "${build_options[@]}" --tag "$IMAGE" . >"$log" 2>&1 || { tail -n 30 "$log"; die 'the image cannot be built'; }
  say "it has $(("$("$docker" image inspect --format '{{.Size}}' "$IMAGE")" / 1000000)) MB, its base $(("$("$docker" image inspect --format '{{.Size}}' node:24-bookworm-slim 2>/dev/null || echo 0)" / 1000000)) MB"
}

start_composition() {
  say 'starting the composition'
  $compose up --detach --no-build --wait --wait-timeout 120 >"$log" 2>&1 ||
    { tail -n 20 "$log"; $compose logs --tail 20; die 'the composition does not start'; }
}

scripts/setup.sh --dev
log=$(mktemp)
trap 'clean; rm -f "$log"' EXIT
if ! docker info >/dev/null 2>&1; then
  start_engine
  make_base_images
  build_options+=(--network=host)
fi
build_image
start_composition
say 'looking at it'
DOCKER=$docker COMPOSE=$compose node_modules/.bin/jest --selectProjects container --runInBand
say "done in $SECONDS s"
