package io.vxland.tests.networks;

/** The network of the README, as an administrator pastes it. */
final class Blue {
  static final String XML =
      """
      <network>
        <name>blue</name>
        <metadata><vx:overlay xmlns:vx='urn:vxland:network:1' vni='5001' template='bridge'/></metadata>
        <forward mode='bridge'/>
        <bridge name='br5001'/>
      </network>
      """;

  private Blue() {}

  /** Another network like it. */
  static String xml(String name, int vni) {
    return XML.replace("blue", name).replace("5001", Integer.toString(vni));
  }

  /** A network that only its bridge's name tells to be vxland's. */
  static String xmlWithoutMetadata(String name, int vni) {
    return xml(name, vni).replaceAll("(?m)^.*metadata.*\\n", "");
  }
}
