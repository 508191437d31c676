# shellcheck shell=bash disable=SC2034
# What the benchmarks on lab hosts share.
set -euo pipefail
BENCH_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BENCH_REPO=$(cd "$BENCH_HOME/../.." && pwd)
LAB_BIN=$BENCH_REPO/tests/lab

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# summary WHAT [DECIMALS] : median, spread and number of the numbers on standard input, a line each.
summary() {
  sort -g | awk -v what="$1" -v decimals="${2:-1}" '
    { value[NR] = $1 }
    END {
      if (!NR) { print what ": no figure"; exit 1 }
      median = NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2
      format = "%-52s %." decimals "f (%." decimals "f..%." decimals "f), %d runs\n"
      printf format, what, median, value[1], value[NR], NR
    }'
}

# lab_for_bench NAME HOSTS [OPTION...] : a lab that goes when the script ends.
lab_for_bench() {
  LAB=$1
  trap '"$LAB_BIN/down" --lab "$LAB"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  "$LAB_BIN/up" "$2" --lab "$LAB" "${@:3}"
}
host() { "$LAB_BIN/host" --lab "$LAB" "$@"; }

# about_this_machine : what the figures depend on.
about_this_machine() {
  printf 'Machine: %s, %s CPUs, load %s, kernel %s\n' \
    "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
    "$(cut -d' ' -f1 /proc/loadavg)" "$(uname -r)"
}
