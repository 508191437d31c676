package io.vxland.daemon;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vxland.migration.Stage;
import io.vxland.model.Allowance;
import io.vxland.model.Barriers;
import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.PortSecurity;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What must survive a restart: libvirt's networks, because their bridges have to stand before
 * libvirt starts (it takes a network whose bridge is missing for inactive), and the cards of
 * running VMs, because libvirt's {@code stopped} hook no longer tells them. One JSON file, replaced
 * as a whole.
 */
final class Memory {
  private static final int FORMAT = 2;
  private static final long MAX_BYTES = 64L << 20;

  private final ObjectMapper mapper =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  private final Path file;
  private byte[] saved = {};

  Memory(Path file) {
    this.file = file;
  }

  private record Document(int format, List<KnownNetwork> networks, List<KnownPort> ports) {}

  /** A file of an older vxland tells nothing of flooding or of what NICs may send. */
  private record KnownNetwork(
      String name,
      int vni,
      String bridge,
      String template,
      int tag,
      String origin,
      String flood,
      String portSecurity,
      boolean active,
      boolean autostart) {
    KnownNetwork {
      flood = flood == null ? OverlayOptions.DEFAULTS.flood().toString() : flood;
      portSecurity =
          portSecurity == null ? OverlayOptions.DEFAULTS.security().toString() : portSecurity;
    }
  }

  /**
   * A file of an older vxland tells no addresses, nothing of what is allowed, and no MTU: 0. It
   * refuses what it does not know, so what is not the usual is all that is added.
   */
  private record KnownPort(
      String domain,
      String name,
      String mac,
      int vni,
      String bridge,
      String tap,
      String portId,
      String stage,
      boolean heard,
      List<String> addresses,
      List<String> seen,
      int mtu,
      KnownAllowance allowance,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean isolated,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean filtered,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean unlinked) {
    KnownPort {
      addresses = addresses == null ? List.of() : addresses;
      seen = seen == null ? List.of() : seen;
    }

    LocalPort.Key key() {
      return new LocalPort.Key(UUID.fromString(domain), new Vni(vni), MacAddress.parse(mac));
    }
  }

  private record KnownAllowance(
      String security,
      List<String> macs,
      List<String> addresses,
      boolean dhcpServer,
      boolean router) {}

  /**
   * What was remembered.
   *
   * @param networks libvirt's networks
   * @param cards the cards of VMs
   * @param seen the addresses that cards were seen to have
   */
  record Recollection(
      List<World.LibvirtNetwork> networks,
      List<Cards.Card> cards,
      Map<LocalPort.Key, List<IpAddress>> seen) {}

  /**
   * Writes the file if it would be another one. A card without a tap is not plugged yet and is left
   * out.
   *
   * @throws IOException if it cannot be written; the old one then still stands
   */
  void save(World.View view, List<Cards.Card> cards, Map<LocalPort.Key, List<IpAddress>> seen)
      throws IOException {
    Document document =
        new Document(
            FORMAT,
            view.libvirt().values().stream().map(Memory::known).toList(),
            cards.stream()
                .filter(card -> card.port().tap().isPresent())
                .flatMap(
                    card -> known(card, seen.getOrDefault(card.port().key(), List.of())).stream())
                .toList());
    byte[] content = mapper.writeValueAsBytes(document);
    if (Arrays.equals(content, saved)) {
      return;
    }
    AtomicFile.replace(file, content);
    saved = content;
  }

  /**
   * Reads the file.
   *
   * @return empty if there is none
   * @throws IOException if it cannot be read or is not what was written; it is moved aside then
   */
  Optional<Recollection> load() throws IOException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw aside("it has more than " + MAX_BYTES + " bytes");
      }
      Document document = mapper.readValue(Files.readAllBytes(file), Document.class);
      if (document.format() != FORMAT) {
        throw aside("its format is " + document.format() + ", not " + FORMAT);
      }
      return Optional.of(
          new Recollection(
              document.networks().stream().map(Memory::network).toList(),
              document.ports().stream().map(Memory::card).toList(),
              seen(document.ports())));
    } catch (NoSuchFileException never) {
      return Optional.empty();
    } catch (JsonProcessingException | InvalidValueException | NullPointerException broken) {
      throw aside(String.valueOf(broken.getMessage()).lines().findFirst().orElse("it is broken"));
    } catch (IllegalArgumentException broken) {
      throw aside(broken.getMessage());
    }
  }

  private IOException aside(String why) throws IOException {
    Path kept = file.resolveSibling(file.getFileName() + ".unreadable");
    Files.move(file, kept, StandardCopyOption.REPLACE_EXISTING);
    return new IOException(file + " cannot be used: " + why + "; kept as " + kept);
  }

  private static KnownNetwork known(World.LibvirtNetwork known) {
    Network network = known.network();
    return new KnownNetwork(
        network.name().value(),
        network.vni().value(),
        network.bridge().map(InterfaceName::value).orElse(""),
        network.template().toString(),
        network.tag().map(VlanTag::id).orElse(0),
        network.origin().name(),
        network.options().flood().toString(),
        network.options().security().toString(),
        known.active(),
        known.autostart());
  }

  private static World.LibvirtNetwork network(KnownNetwork known) {
    return new World.LibvirtNetwork(
        new Network(
            new NetworkName(known.name()),
            new Vni(known.vni()),
            Optional.of(known.bridge()).filter(b -> !b.isEmpty()).map(InterfaceName::new),
            known.tag() == 0 ? Optional.empty() : Optional.of(new VlanTag(known.tag())),
            Template.parse(known.template()),
            Network.Origin.valueOf(known.origin()),
            OverlayOptions.DEFAULTS
                .with(Flooding.parse(known.flood()))
                .with(PortSecurity.parse(known.portSecurity()))),
        known.active(),
        known.autostart());
  }

  /** A migration to here that has only announced itself is announced again, or has failed. */
  private static Optional<KnownPort> known(Cards.Card card, List<IpAddress> seen) {
    boolean heard = false;
    String stage;
    if (card.stage() instanceof Stage.Paused paused) {
      stage = "PAUSED";
      heard = paused.heard();
    } else if (card.stage() instanceof Stage.Away away) {
      stage = "AWAY";
      heard = away.heard();
    } else if (card.stage() instanceof Stage.Incoming) {
      stage = "INCOMING";
    } else if (card.stage() instanceof Stage.Copying) {
      stage = "COPYING";
    } else if (card.stage().portState().isPresent()) {
      stage = "HERE";
    } else {
      return Optional.empty();
    }
    LocalPort port = card.port();
    return Optional.of(
        new KnownPort(
            port.domain().toString(),
            port.domainName(),
            port.mac().toString(),
            port.vni().value(),
            port.bridge().value(),
            port.tap().map(InterfaceName::value).orElse(""),
            port.portId().map(UUID::toString).orElse(""),
            stage,
            heard,
            port.addresses().stream().map(IpAddress::toString).toList(),
            seen.stream().map(IpAddress::toString).toList(),
            port.mtu().orElse(0),
            known(port.allowance()),
            port.barriers().isolated(),
            port.barriers().filtered(),
            !port.linked()));
  }

  private static Cards.Card card(KnownPort known) {
    LocalPort port =
        new LocalPort(
            UUID.fromString(known.domain()),
            known.name(),
            MacAddress.parse(known.mac()),
            new Vni(known.vni()),
            new InterfaceName(known.bridge()),
            Optional.of(known.tap()).filter(tap -> !tap.isEmpty()).map(InterfaceName::new),
            Optional.of(known.portId()).filter(id -> !id.isEmpty()).map(UUID::fromString),
            LocalPort.State.HERE,
            addresses(known.addresses()),
            true,
            known.mtu() == 0 ? OptionalInt.empty() : OptionalInt.of(known.mtu()),
            allowance(known.allowance()),
            new Barriers(known.isolated(), known.filtered()),
            !known.unlinked());
    return new Cards.Card(port, stage(known, System.nanoTime()));
  }

  /** The usual one is left out. */
  private static KnownAllowance known(Allowance allowance) {
    return allowance.equals(Allowance.NONE)
        ? null
        : new KnownAllowance(
            allowance.security().map(PortSecurity::toString).orElse(""),
            allowance.macs().stream().sorted().map(MacAddress::toString).toList(),
            allowance.addresses().stream().sorted().map(IpAddress::toString).toList(),
            allowance.dhcpServer(),
            allowance.router());
  }

  private static Allowance allowance(KnownAllowance known) {
    return known == null
        ? Allowance.NONE
        : new Allowance(
            Optional.of(known.security()).filter(s -> !s.isEmpty()).map(PortSecurity::parse),
            known.macs().stream().map(MacAddress::parse).collect(Collectors.toSet()),
            Set.copyOf(addresses(known.addresses())),
            known.dhcpServer(),
            known.router());
  }

  private static Map<LocalPort.Key, List<IpAddress>> seen(List<KnownPort> ports) {
    Map<LocalPort.Key, List<IpAddress>> seen = new HashMap<>();
    for (KnownPort port : ports) {
      if (!port.seen().isEmpty()) {
        seen.put(port.key(), addresses(port.seen()));
      }
    }
    return seen;
  }

  private static List<IpAddress> addresses(List<String> texts) {
    return texts.stream().map(IpAddress::parse).toList();
  }

  /** Times begin anew: the clock they were of may be another boot's. */
  private static Stage stage(KnownPort known, long now) {
    return switch (known.stage()) {
      case "HERE" -> Stage.Here.SETTLED;
      // libvirt is asked at once whether that goes on.
      case "COPYING" -> new Stage.Copying(OptionalLong.empty(), now);
      case "INCOMING" -> new Stage.Incoming();
      case "PAUSED" ->
          known.heard()
              ? new Stage.Paused(true, OptionalLong.of(now + Stage.SETTLE))
              : Stage.Paused.at(now);
      case "AWAY" -> new Stage.Away(known.heard(), now + Stage.SETTLE);
      default -> throw new InvalidValueException("unknown stage '" + known.stage() + "'");
    };
  }
}
