#!/bin/sh
# The image's entry point: becomes the service, as the user `node` in any case. tini reaps what jails leave behind.
#
# A worker's container is started as root with the capabilities SETUID and SETGID alone, which nsjail needs to give jails
# user ids of their own (user_namespaces(7), "Defining user and group ID mappings"). A user that is not root gets none from
# the container's runtime, so it is made `node` here with both of them as ambient capabilities (capabilities(7)): the only
# way that `no-new-privileges` leaves open.
set -eu

serve='tini -- node dist/main.js'
# shellcheck disable=SC2086 # words
[ "$(id -u)" = 0 ] || exec $serve

# Control groups of version 2 that are this container's to arrange are handed to `node`: root may give its own files to a
# group that it is in, with no capability at all. See docs/containers.md, "Control groups".
groups=/sys/fs/cgroup
if [ -e "$groups/cgroup.controllers" ] && [ -w "$groups/cgroup.procs" ]; then
  for file in "$groups" "$groups/cgroup.procs" "$groups/cgroup.subtree_control"; do
    chgrp node "$file" && chmod g+w "$file"
  done
fi

# shellcheck disable=SC2086
exec setpriv --reuid node --regid node --clear-groups \
  --inh-caps +setuid,+setgid --ambient-caps +setuid,+setgid --bounding-set -all,+setuid,+setgid $serve
