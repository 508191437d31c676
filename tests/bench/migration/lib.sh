# shellcheck shell=bash disable=SC2034
# What `run` and `soak` share: a lab of three hosts with the networks that are compared, a guest and three probing
# endpoints in each, and one measured migration.
# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
HERE=$BENCH_HOME/migration
HOSTS=3
PORT=7007
# shellcheck source=networks.sh
. "$HERE/networks.sh"
# shellcheck source=guests.sh
. "$HERE/guests.sh"
# shellcheck source=migrate.sh
. "$HERE/migrate.sh"
# shellcheck source=probes.sh
. "$HERE/probes.sh"
# shellcheck source=tcp.sh
. "$HERE/tcp.sh"

# tools : builds the programs into $WORK.
tools() {
  gcc -O2 -Wall -Wextra -static -pthread -o "$WORK/probe" "$HERE/probe.c"
  gcc -O2 -Wall -Wextra -o "$WORK/frames" "$HERE/frames.c"
}

netns() { printf '%s-h%s' "$LAB" "$1"; }
ns() { "$LAB_BIN/ns" --lab "$LAB" "$@"; }

# wait_for SECONDS WHAT COMMAND... : until the command succeeds. The pause is a read that can only time out.
exec {NAP}<> <(:)
pause() { read -r -t "$1" -u "$NAP" || true; }
wait_for() {
  local end=$((SECONDS + $1)) what=$2
  until "${@:3}" >/dev/null 2>&1; do
    ((SECONDS <= end)) || { printf '%s: gave up after %s s: %s\n' "$(basename "$0")" "$1" "$what" >&2; return 1; }
    pause 0.02
  done
}
now_us() { printf '%s' "${EPOCHREALTIME/[.,]/}"; }
ms() { awk -v us="$1" 'BEGIN { printf "%.1f", us / 1000 }'; }

# bench_up [OPTION...] : lab, tools, watchers; all gone when the script ends.
bench_up() {
  WORK=$(mktemp -d)
  chmod 755 "$WORK"
  LAB=${BENCH_LAB:-benchmig}
  trap 'bench_down' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  tools
  "$LAB_BIN/up" "$HOSTS" --lab "$LAB" "$@"
  watchers
}
bench_down() {
  [ -z "${SAVE:-}" ] || cp -r "/run/vxland-lab/$LAB/log" "$SAVE"
  "$LAB_BIN/down" --lab "$LAB"
  # What was in the hosts ended with them.
  wait
  rm -rf "$WORK"
}
arm_up() {
  "$1_network"
  endpoints "$1"
  boot "$1" 1
}
