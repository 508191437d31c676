# Table of tcp.jsonl, median (least..most).
def round1: . * 10 | round / 10;
def spread: sort
  | ((if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end) | round1) as $median
  | "\($median) (\(.[0])..\(.[-1]))";
"
| TCP stream | network | runs | QEMU's downtime, ms | longest stall, ms | stall - pause, ms | retransmits |
|---|---|---|---|---|---|---|",
(group_by([.direction, .arm])[]
  | [(if .[0].direction == "in" then "into the guest" else "out of the guest" end),
     .[0].arm, length, (map(.downtime_ms) | spread), (map(.stall_ms) | spread),
     (map(.stall_ms - .pause_ms | round1) | spread), (map(.retransmits) | spread)]
  | "| " + (map(tostring) | join(" | ")) + " |")
