# shellcheck shell=bash
# Removal of a lab, for `down` and for an `up` that failed. Needs lib.sh and the lock.

none_in() { [ -z "$(pids_in "$@")" ]; }

# The subreaper goes last: it reaps the others.
kill_in() {
  local pid init=" "
  for pid in "$STATE"/h*/init.pid; do
    [ ! -s "$pid" ] || init+="$(<"$pid") "
  done
  for pid in $(pids_in "$@"); do
    [[ $init == *" $pid "* ]] || kill -KILL "$pid" 2>/dev/null || true
  done
  only_init() {
    local left
    for left in $(pids_in "$@"); do
      [[ $init == *" $left "* ]] || return 1
    done
  }
  wait_for 5 "processes of lab $LAB end" only_init "$@" || true
  kill_all() {
    local left
    for left in $(pids_in "$@"); do kill -KILL "$left" 2>/dev/null || true; done
    none_in "$@"
  }
  wait_for 10 "processes of lab $LAB end" kill_all "$@"
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
