package io.vxland.config;

import io.vxland.model.Checksums;
import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Mtu;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.Numbers;
import io.vxland.model.OverlayOptions;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.PortSecurity;
import io.vxland.model.Prefix;
import io.vxland.model.StaticEntry;
import io.vxland.model.SwitchOptions;
import io.vxland.model.SwitchOptions.Datapath;
import io.vxland.model.TunnelType;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads the sections {@code [network NAME]} of all files. */
final class NetworkSections {
  /** Most networks of one host. */
  private static final int MAX_NETWORKS = 16_384;

  private static final String NO_BRIDGE = "none";

  private final OverlayOptions defaults;
  private final Underlay underlay;
  private final Problems problems;
  private final Claims claims;

  /**
   * Creates it.
   *
   * @param defaults what a network has of which nothing is said
   */
  NetworkSections(OverlayOptions defaults, Underlay underlay, Problems problems) {
    this.defaults = defaults;
    this.underlay = underlay;
    this.problems = problems;
    this.claims = new Claims(problems);
  }

  /**
   * The options of a network of which nothing is said. Where all hosts tell each other what they
   * have, nothing is to be learned from frames, and ARP and ND are answered where they are asked.
   */
  static OverlayOptions defaults(
      Configuration.Control control, Configuration.Host host, Datapath datapath) {
    SwitchOptions ovs = SwitchOptions.DEFAULTS;
    OverlayOptions told =
        control.mode() == Configuration.Control.Mode.ETCD && control.peers().isEmpty()
            ? OverlayOptions.TOLD
            : OverlayOptions.DEFAULTS;
    return told.on(host.port())
        .clamping(host.mssClamp())
        .with(host.portSecurity())
        .with(
            new Checksums(
                host.udpChecksum().orElse(Checksums.DEFAULTS.sent()), host.zeroChecksum6()))
        .with(
            new SwitchOptions(
                datapath,
                ovs.tunnel(),
                host.udpChecksum().orElse(ovs.checksum()),
                ovs.fragment(),
                ovs.tos(),
                ovs.bfd(),
                ovs.ports()));
  }

  SortedMap<NetworkName, Configuration.NetworkSection> parse(List<IniFile.Section> sections) {
    SortedMap<NetworkName, Configuration.NetworkSection> networks = new TreeMap<>();
    if (sections.size() > MAX_NETWORKS) {
      problems.add(sections.get(MAX_NETWORKS), "more than " + MAX_NETWORKS + " networks");
      return networks;
    }
    for (IniFile.Section section : sections) {
      try {
        NetworkName name = new NetworkName(ConfigurationParser.networkName(section));
        if (claims.name(name, section)) {
          networks.put(name, network(section));
        }
      } catch (InvalidValueException e) {
        problems.add(section, e.getMessage());
      }
    }
    return networks;
  }

  private Configuration.NetworkSection network(IniFile.Section section) {
    SectionReader reader = new SectionReader(section, Key.Kind.NETWORK, problems);
    Optional<Vni> vni = reader.value(Key.VNI, Vni::parse);
    // Who lost its VNI to another would lose the default bridge, too: one problem is enough.
    boolean claimed = vni.isPresent() && claims.vni(vni.get(), reader);
    Optional<InterfaceName> bridge = bridge(reader, vni, claimed);
    OverlayOptions options = options(reader);
    reader
        .place(Key.SUPPRESS)
        .filter(any -> options.suppress() && isBare(reader))
        .ifPresent(
            place ->
                reader.problem(
                    place, "suppression needs a bridge, and 'bridge = none' makes none"));
    reader
        .place(Key.FLOOD)
        .filter(any -> options.flood() == Flooding.BROADCASTS && isBare(reader))
        .ifPresent(
            place ->
                reader.problem(
                    place, "'broadcast' needs a bridge, and 'bridge = none' makes none"));
    return new Configuration.NetworkSection(vni, bridge, options);
  }

  private Optional<InterfaceName> bridge(SectionReader reader, Optional<Vni> vni, boolean claimed) {
    Optional<IniFile.Setting> place = reader.place(Key.BRIDGE);
    if (place.isPresent() && reader.place(Key.VNI).isEmpty()) {
      reader.problem(
          place.get(),
          "without 'vni' this is a network of libvirt, whose definition names the bridge");
      return Optional.empty();
    }
    if (vni.isEmpty() || isBare(reader)) {
      return Optional.empty();
    }
    Optional<InterfaceName> named = reader.value(Key.BRIDGE, InterfaceName::new);
    InterfaceName bridge = named.orElseGet(() -> Network.defaultBridge(vni.get()));
    if (claimed) {
      claims.bridge(bridge, reader);
    }
    return Optional.of(bridge);
  }

  private static boolean isBare(SectionReader reader) {
    return reader.place(Key.BRIDGE).filter(place -> place.value().equals(NO_BRIDGE)).isPresent();
  }

  private OverlayOptions options(SectionReader reader) {
    return new OverlayOptions(
        reader.value(Key.PORT, UdpPort::parse).orElse(defaults.port()),
        reader.value(Key.MTU, Mtu::parse),
        yesOrNo(reader, Key.LEARNING, defaults.learning()),
        number(reader, Key.AGEING, 1_000_000),
        yesOrNo(reader, Key.PROXY, defaults.proxy()),
        yesOrNo(reader, Key.SUPPRESS, defaults.suppress() && !isBare(reader)),
        reader.value(Key.FLOOD, Flooding::parse).orElse(defaults.flood()),
        number(reader, Key.TTL, 255),
        replication(reader),
        addresses(reader),
        entries(reader),
        ovs(reader),
        number(reader, Key.MAX_LEARNED, OverlayOptions.MAX_LEARNED)
            .orElse(OverlayOptions.DEFAULT_LEARNED),
        yesOrNo(reader, Key.MSS_CLAMP, defaults.clamp()),
        reader.value(Key.PORT_SECURITY, PortSecurity::parse).orElse(defaults.security()),
        yesOrNo(reader, Key.ALLOW_UPLINK, defaults.uplink()),
        new Checksums(
            yesOrNo(reader, Key.UDP_CHECKSUM, defaults.checksums().sent()),
            reader
                .value(Key.UDP6_ZERO_CHECKSUM, Checksums.Zero6::parse)
                .orElse(defaults.checksums().zero6())),
        yesOrNo(reader, Key.ISOLATION, defaults.isolation()));
  }

  private SwitchOptions ovs(SectionReader reader) {
    SwitchOptions ovs = defaults.ovs();
    return new SwitchOptions(
        ovs.datapath(),
        reader.value(Key.TUNNEL, TunnelType::parse).orElse(ovs.tunnel()),
        switchChecksum(reader),
        yesOrNo(reader, Key.FRAGMENT, ovs.fragment()),
        reader.value(Key.TOS, SwitchOptions.Tos::new),
        yesOrNo(reader, Key.BFD, ovs.bfd()),
        reader.value(Key.TUNNELS, SwitchOptions.Ports::parse).orElse(ovs.ports()));
  }

  /** The older key is for Open vSwitch only. */
  private boolean switchChecksum(SectionReader reader) {
    boolean older = yesOrNo(reader, Key.CHECKSUM, defaults.ovs().checksum());
    boolean checksum = yesOrNo(reader, Key.UDP_CHECKSUM, older);
    reader
        .place(Key.CHECKSUM)
        .filter(place -> checksum != older)
        .ifPresent(
            place -> reader.problem(place, "is the older name of 'udp-checksum'; set only one"));
    return checksum;
  }

  private static boolean yesOrNo(SectionReader reader, Key key, boolean byDefault) {
    return reader.value(key, SectionReader::yesOrNo).orElse(byDefault);
  }

  private static OptionalInt number(SectionReader reader, Key key, int max) {
    return reader
        .value(key, text -> Numbers.parse(key.text(), text, 1, max))
        .map(OptionalInt::of)
        .orElseGet(OptionalInt::empty);
  }

  private Replication replication(SectionReader reader) {
    List<SectionReader.Placed<Vtep>> peers = reader.list(Key.PEERS, Vtep::parse);
    underlay.check(reader, peers);
    Optional<Vtep> remote = reader.value(Key.REMOTE, Vtep::parse);
    remote.ifPresent(vtep -> underlay.check(reader, reader.place(Key.REMOTE).orElseThrow(), vtep));
    Optional<Replication.Group> group =
        reader.value(Key.GROUP, text -> new Replication.Group(IpAddress.parse(text)));
    group.ifPresent(
        value -> underlay.checkGroup(reader, reader.place(Key.GROUP).orElseThrow(), value.group()));
    List<IniFile.Setting> chosen =
        Stream.of(Key.PEERS, Key.REMOTE, Key.GROUP)
            .flatMap(key -> reader.place(key).stream())
            .toList();
    if (chosen.size() > 1) {
      reader.problem(
          chosen.get(1),
          "'"
              + chosen.get(0).key()
              + "' is set in line "
              + chosen.get(0).line()
              + "; set only one of peers, remote and group");
    }
    if (remote.isPresent()) {
      return new Replication.Remote(remote.get());
    }
    if (group.isPresent()) {
      return group.get();
    }
    return peers.isEmpty()
        ? new Replication.ControlPlane()
        : new Replication.Peers(peers.stream().map(SectionReader.Placed::value).toList());
  }

  private static List<Prefix> addresses(SectionReader reader) {
    List<SectionReader.Placed<Prefix>> all = reader.list(Key.ADDRESS, NetworkSections::hostPrefix);
    return limited(reader, all, OverlayOptions.MAX_ADDRESSES, "addresses");
  }

  private List<StaticEntry> entries(SectionReader reader) {
    List<SectionReader.Placed<StaticEntry>> all = reader.lines(Key.ENTRY, StaticEntry::parse);
    Map<MacAddress, IniFile.Setting> macs = new HashMap<>();
    Map<IpAddress, IniFile.Setting> addresses = new HashMap<>();
    for (SectionReader.Placed<StaticEntry> placed : all) {
      StaticEntry entry = placed.value();
      underlay.check(reader, placed.setting(), entry.vtep());
      once(reader, macs, entry.mac(), placed.setting());
      entry.addresses().forEach(address -> once(reader, addresses, address, placed.setting()));
    }
    return limited(reader, all, OverlayOptions.MAX_ENTRIES, "entries");
  }

  private static <T> void once(
      SectionReader reader, Map<T, IniFile.Setting> seen, T value, IniFile.Setting setting) {
    IniFile.Setting first = seen.putIfAbsent(value, setting);
    if (first != null) {
      reader.problem(setting, value + " is already listed in line " + first.line());
    }
  }

  private static <T> List<T> limited(
      SectionReader reader, List<SectionReader.Placed<T>> all, int max, String what) {
    if (all.size() > max) {
      reader.problem(all.get(max).setting(), "more than " + max + " " + what);
    }
    return all.stream().limit(max).map(SectionReader.Placed::value).toList();
  }

  private static Prefix hostPrefix(String text) {
    Prefix prefix = Prefix.parse(text);
    if (prefix.address().isMulticast()
        || prefix.address().isUnspecified()
        || prefix.length() == 0) {
      throw new InvalidValueException(
          "address " + prefix + " is not one that a host can have, such as 10.1.0.1/24");
    }
    return prefix;
  }
}
