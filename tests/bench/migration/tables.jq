# Tables of probes.jsonl, median (least..most) over the migrations of a kind.
def round1: . * 10 | round / 10;
def spread: map(select(. != null)) | sort
  | if length == 0 then "-" else
      ((if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end) | round1) as $median
      | "\($median) (\(.[0])..\(.[-1]))" end;
def kind: if .forced_ms == 0 then "natural" else "\(.forced_ms) ms" end;
"
| pause | network | runs | QEMU's downtime, ms | probe from | lost | sent before the pause and lost | in it | after resume | lost - pause in ms | twice | longest delay, ms | longest gap, ms |
|---|---|---|---|---|---|---|---|---|---|---|---|---|",
(group_by([.forced_ms, .arm])[]
  | . as $runs | ("third", "source", "destination") as $role
  | [($runs[0] | kind), $runs[0].arm, ($runs | length), ($runs | map(.downtime_ms) | spread), $role,
     ($runs | map(.probes[$role].lost) | spread), ($runs | map(.probes[$role].before) | spread),
     ($runs | map(.probes[$role].in_pause) | spread), ($runs | map(.probes[$role].after) | spread),
     ($runs | map(.probes[$role].lost - .pause_ms | round1) | spread), ($runs | map(.probes[$role].duplicated) | add),
     ($runs | map(.probes[$role].delay_ms) | spread), ($runs | map(.probes[$role].gap_ms) | spread)]
  | "| " + (map(tostring) | join(" | ")) + " |"),
"
| pause | network | lost of all three probes: at the source's tap | in neither tap | at the destination's tap | replies | runs with the destination's tap captured from before the pause | held after STOP, ms | redirect in the daemon, ms |
|---|---|---|---|---|---|---|---|---|",
(group_by([.forced_ms, .arm])[]
  | . as $runs
  | [($runs[0] | kind), $runs[0].arm]
    + (["at_source", "in_network", "at_destination", "replies"] | map(. as $where | $runs | map([.probes[][$where]] | add) | spread))
    + [($runs | map(select(.captured)) | length), ($runs | map(.held_after_ms) | spread),
       ($runs | map(.reaction_ms) | spread)]
  | "| " + (map(tostring) | join(" | ")) + " |")
