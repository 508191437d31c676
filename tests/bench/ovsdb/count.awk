# Transactions in ovsdb-server's log (`jsonrpc` at level DBG) after line `from`: `WHO-reads COUNT` and `WHO-writes COUNT`.
# Who is `vxland` by its connection, the only one that watches by RFC 7047's `monitor`; `libvirt` and `ovs-vsctl` by the
# comment that ovs-vsctl makes in each transaction; `others` is ovs-vswitchd.
BEGIN { FS = "|" }
{ name = $5; sub(/:.*/, "", name) }
/received request, method="monitor",/ { ours[name] = 1 }
NR <= from || !/received request, method="transact"/ { next }
{
  writes = $0 ~ /"op":"(insert|update|mutate|delete)"/
  who = "others"
  if (/ovs-vsctl/) who = "ovs-vsctl"
  if (/ovs-vsctl \(invoked by [^)]*libvirt/) who = "libvirt"
  if (name in ours) who = "vxland"
  count[who, writes]++
}
END {
  n = split("vxland libvirt ovs-vsctl others", all, " ")
  for (i = 1; i <= n; i++) printf "%s-reads %d\n%s-writes %d\n", all[i], count[all[i], 0], all[i], count[all[i], 1]
}
