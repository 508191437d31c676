# shellcheck shell=bash
# Removal of a lab, for `down` and for an `up` that failed. Needs lib.sh and the lock.

# pids_but_init NAMESPACE... : the subreapers are left out.
pids_but_init() {
  local pid init=" " file
  for file in "$STATE"/h*/init.pid; do
    [ ! -s "$file" ] || init+="$(<"$file") "
  done
  for pid in $(pids_in "$@"); do
    [[ $init == *" $pid "* ]] || printf '%s\n' "$pid"
  done
}

# kill_all LISTER NAMESPACE... : true once the list is empty. A fork can escape one round.
kill_all() {
  local pids
  mapfile -t pids < <("$@")
  ((${#pids[@]})) || return 0
  kill -KILL "${pids[@]}" || true
  return 1
}

# The subreaper goes last: it reaps the others.
kill_in() {
  wait_for 5 "services of lab $LAB end" kill_all pids_but_init "$@" || true
  wait_for 60 "processes of lab $LAB end" kill_all pids_in "$@"
}

teardown() {
  local names name path
  mapfile -t names < <(lab_netns)
  if ((${#names[@]})); then
    kill_in "${names[@]}"
    for name in "${names[@]}"; do
      # A crash of `ip netns add` leaves a plain file that `ip netns delete` refuses to unmount.
      ip netns delete "$name" 2>/dev/null || rm -f "/run/netns/$name"
    done
  fi
  [ -d "$STATE" ] || return 0
  # Only a host-init that was stopped half way in this mount namespace could leave one.
  while read -r path; do
    umount -l "$path"
  done < <(awk -v dir="$STATE/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | tac)
  rm -rf --one-file-system "$STATE"
}
