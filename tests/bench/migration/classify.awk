# One probe of one migration: `frames probes` of both taps, then the probe's own lines in order of arrival. Prints JSON.
# Only what was sent since `since` (all three probes were answered by then) counts. A lost datagram is counted by when
# it was sent - before the pause, in it, after resume - and by how far it came:
#   reply        the guest's answer was seen on a tap
#   destination  the request was seen on the destination's tap, no answer
#   source       the request was seen on the source's tap only
#   network      on neither
NF == 6 {
  if ($4 != id) next
  if ($3 == "reply") replied[$5] = 1; else seen[$1, $5] = 1
  next
}
$2 < since { next }
{
  sent++
  if ($4 > 1) duplicated += $4 - 1
  if ($4) {
    if ($2 > resumed) answered_after++
    if ($3 - $2 > delay) delay = $3 - $2
    if (last && $3 - last > gap) gap = $3 - last
    last = $3
    next
  }
  lost++
  when = $2 < stopped ? "before" : $2 <= resumed ? "pause" : "after"
  place = ($1 in replied) ? "reply" : (("destination", $1) in seen) ? "destination" : (("source", $1) in seen) ? "source" : "network"
  count[when]++
  count[place]++
  printf "%d %d %d %s %s\n", id, $1, $2, when, place >>lost_list
}
END {
  printf "{\"sent\":%d,\"lost\":%d,\"duplicated\":%d,\"delay_ms\":%.1f,\"gap_ms\":%.1f", sent, lost, duplicated, delay / 1000, gap / 1000
  printf ",\"answered_after\":%d", answered_after
  printf ",\"before\":%d,\"in_pause\":%d,\"after\":%d", count["before"], count["pause"], count["after"]
  printf ",\"at_source\":%d,\"in_network\":%d,\"at_destination\":%d,\"replies\":%d}", count["source"], count["network"], count["destination"], count["reply"]
}
