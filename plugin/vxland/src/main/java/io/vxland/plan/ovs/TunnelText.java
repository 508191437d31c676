package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;

/** The columns of a tunnel port as ovs-vsctl takes them. */
final class TunnelText {
  private TunnelText() {}

  static String port(InterfaceName name, Tunnel tunnel) {
    StringBuilder text =
        new StringBuilder(" -- set Port ")
            .append(name)
            .append(" protected=")
            .append(tunnel.isProtected());
    tunnel.tag().ifPresent(tag -> text.append(" tag=").append(tag));
    text.append(" external_ids:")
        .append(SwitchOwnership.KEY)
        .append("=\"")
        .append(tunnel.owner().mark())
        .append("\" -- set Interface ")
        .append(name)
        .append(" type=")
        .append(tunnel.type());
    tunnel.options().forEach((key, value) -> text.append(option(key, value)));
    return text.append(tunnel.bfd() ? " bfd:enable=true" : "").toString();
  }

  /** A colon has a meaning of its own to ovs-vsctl. */
  private static String option(String key, String value) {
    String quoted = value.indexOf(':') < 0 ? value : "\"" + value + "\"";
    return " options:" + key + "=" + quoted;
  }
}
