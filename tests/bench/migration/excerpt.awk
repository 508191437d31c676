# What both taps saw of one probe around a pause: `lost` (of classify.awk), `frames probes`, and the probe's own lines.
# Runs of frames of one kind on one tap are one line.
function line_end() {
  if (!run) return
  printf "%10.3f ms  %-11s  %-7s  #%d", from / 1000, tap, kind, first
  if (run > 1) printf " to #%d: %d frames until %.3f ms", final, run, until / 1000
  print ""
  run = 0
}
function range(    where) {
  where = kind_lost
  sub(/^pause /, "sent in the pause, last seen: ", where)
  sub(/^before /, "sent before the pause, last seen: ", where)
  sub(/^after /, "sent after resume, last seen: ", where)
  return sprintf("  #%d to #%d: %s\n", since_lost, upto, where)
}
function events(time) {
  if (!said_stop && time >= 0) { line_end(); printf "%10.3f ms  -- QEMU STOP on the source\n", 0; said_stop = 1 }
  if (!said_resume && time >= resumed - stopped) {
    line_end(); printf "%10.3f ms  -- QEMU RESUME on the destination\n", (resumed - stopped) / 1000; said_resume = 1
  }
}
NF == 5 {
  if ($1 != id) next
  n++
  if (n > 1 && $2 == upto + 1 && $4 " " $5 == kind_lost) { upto = $2; next }
  if (n > 1) ranges = ranges range()
  since_lost = upto = $2; kind_lost = $4 " " $5
  next
}
NF == 6 {
  if ($4 != id) next
  # Captures of the two taps come one after the other: merged below.
  count++; at[count] = $2 - stopped; what[count] = $1 " " $3; number[count] = $5; next
}
NF == 4 { sent[$1] = $2 - stopped; if ($4) got[$1] = $3 - stopped }
END {
  # Both captures are in order of time: one merge.
  for (i = 1; i <= count; i++) { split(what[i], w, " "); if (w[1] == "source") s++; else break }
  i = 1; j = s + 1
  while (i <= s || j <= count) {
    k = (j > count || (i <= s && at[i] <= at[j])) ? i++ : j++
    if (at[k] < -5000) continue
    if (at[k] > resumed - stopped + 100000) break
    events(at[k])
    split(what[k], w, " ")
    if (run && (w[1] != tap || w[2] != kind || number[k] != final + 1 || run >= 1000)) line_end()
    if (!run) { from = at[k]; first = number[k]; tap = w[1]; kind = w[2] }
    run++; final = number[k]; until = at[k]
    if (++printed > 4000) break
  }
  line_end()
  printf "lost: %d\n%s", n, n ? ranges range() : ""
}
