# shellcheck shell=bash disable=SC2154
# What `mesh` and `start` share, which run in the lab's host: times and counts. $state is the lab's folder.
set -euo pipefail
exec {nap}<> <(:)
here=$(dirname "${BASH_SOURCE[0]}")
log=$state/log/h1-ovsdb-server.log

# wait_until COMMAND... : 30 s at most. The pause is a read that can only time out.
wait_until() {
  local end=$((SECONDS + 30))
  until "$@" >/dev/null 2>&1; do
    ((SECONDS <= end)) || { echo "not within 30 s: $*" >&2; exit 1; }
    read -r -t 0.02 -u "$nap" || true
  done
}

# timed WHAT COMMAND... : prints its microseconds.
timed() {
  local begin=$EPOCHREALTIME end
  "${@:2}" >/dev/null
  end=$EPOCHREALTIME
  echo "$1 $((${end/[.,]/} - ${begin/[.,]/}))"
}

nothing_to_do() { vxctl plan | grep 'Nothing to do'; }
transactions() { grep -c 'received request, method="transact"' "$log" || true; }
# at_rest : until nobody has made a transaction for a second.
at_rest() {
  local last=-1 now tries
  for ((tries = 0; tries < 30; tries++)); do
    now=$(transactions)
    [ "$now" != "$last" ] || return 0
    last=$now
    read -r -t 1 -u "$nap" || true
  done
  echo "transactions do not end" >&2
  exit 1
}
# counted WHAT COMMAND... : prints how many transactions each has made, until all is at rest.
counted() {
  local from
  at_rest
  from=$(wc -l <"$log")
  "${@:2}" >/dev/null
  at_rest
  awk -v from="$from" -f "$here/count.awk" "$log" | sed "s/^/$1-/"
}
