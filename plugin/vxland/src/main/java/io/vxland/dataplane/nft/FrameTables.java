package io.vxland.dataplane.nft;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.FrameDriver;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.plan.ActualState.Frames;
import io.vxland.plan.Change;
import io.vxland.plan.FrameRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tables {@code bridge} and {@code netdev vxland_frames} of nftables, each replaced as a whole by
 * the program nft. To read them starts a process: what was applied or read is taken for so for some
 * seconds, or until {@link #stale}. Used by one thread, but for that.
 */
public final class FrameTables implements FrameDriver {
  private static final Duration FRESH = Duration.ofSeconds(5);

  /** All that a rule asks of the kernel. In nft's check mode nothing of it stays. */
  private static final String PROBE =
      """
      table bridge vxland_probe {
       chain forward {
        type filter hook forward priority 0; policy accept;
        oifname "lo" meta protocol ip @ll,96,16 0x8100 tcp flags & (syn | rst) == syn tcp option maxseg size set 1400
        oifname "lo" meta protocol ip meta length > 1400 ip frag-off 0 ip frag-off set 0x4000
       }
      }
      """;

  private static final String TAP_PROBE =
      """
      table netdev vxland_probe {
       chain into {
        type filter hook egress devices = { "lo" } priority 0; policy accept;
        meta protocol ip tcp flags & (syn | rst) == syn tcp option maxseg size set 1400
       }
      }
      """;

  private final ObjectMapper mapper = new ObjectMapper();

  /** {@code devices = { vnet0, vnet1 }} or {@code device "vnet0"}, as nft prints them. */
  private static final Pattern HOOKS =
      Pattern.compile(
          "^\\s*type filter hook \\w+ devices?(?: =)? (.*?) priority ", Pattern.MULTILINE);

  private static final Pattern DEVICE = Pattern.compile("[^\\s{},\"]+");

  private final NftProgram nft;
  private final Optional<String> unavailable;
  private final boolean taps;
  private Set<InterfaceName> devices = Set.of();
  private volatile Optional<String> known = Optional.empty();
  private final Freshness freshness = new Freshness(FRESH);

  private FrameTables(NftProgram nft, Optional<String> unavailable, boolean taps) {
    this.nft = nft;
    this.unavailable = unavailable;
    this.taps = taps;
  }

  /** Opens them in the network namespace of this process. Where they cannot work, that is said. */
  public static FrameTables open() {
    return open(NftProgram.place(), Optional.empty());
  }

  /**
   * Opens them with a program and in a namespace.
   *
   * @param program where nft is
   * @param namespace a network namespace, such as /run/netns/NAME; empty: that of this process
   */
  public static FrameTables open(Path program, Optional<Path> namespace) {
    NftProgram nft = NftProgram.in(program, namespace);
    if (!Files.isExecutable(program)) {
      return new FrameTables(
          nft, Optional.of("there is no program " + program + "; install nftables"), false);
    }
    return new FrameTables(nft, nft.refusal(PROBE), nft.refusal(TAP_PROBE).isEmpty());
  }

  /** Somebody has changed the ruleset: what is known of it is no more. Any thread may say so. */
  public void stale() {
    freshness.distrust();
  }

  @Override
  public Frames read(Set<InterfaceName> links) {
    if (unavailable.isPresent()) {
      return Frames.missing(unavailable.get());
    }
    boolean sameDevices = !known.orElse("").contains(FrameRules.NETDEV) || devices.equals(links);
    if (freshness.isOver() || known.isEmpty() || !sameDevices) {
      devices = Set.copyOf(links);
      try {
        known = Optional.of(list(FrameRules.BRIDGE) + list(FrameRules.NETDEV));
      } catch (DataplaneException failed) {
        known = Optional.empty();
        return Frames.missing(failed.getMessage());
      }
    }
    return new Frames(Optional.empty(), taps, known.orElse(""));
  }

  @Override
  public Optional<Failure> apply(Change change) {
    String script =
        change instanceof Change.TreatFrames treat
            ? treat.rules().replacement()
            : FrameRules.REMOVAL;
    known = Optional.empty();
    try {
      NftProgram.Said said = nft.run("change table " + FrameRules.TABLE, script, "-f", "-");
      return said.succeeded() ? Optional.empty() : Optional.of(new Failure(change, said.words()));
    } catch (DataplaneException failed) {
      return Optional.of(new Failure(change, failed.getMessage()));
    }
  }

  /** The fingerprint of a table; "" if there is none. */
  private String list(String family) throws DataplaneException {
    String purpose = "list table " + family + " " + FrameRules.TABLE;
    NftProgram.Said said = nft.run(purpose, "", "-j", "list", "table", family, FrameRules.TABLE);
    if (!said.succeeded()) {
      if (said.words().equals("No such file or directory")) {
        return "";
      }
      throw new DataplaneException(purpose + ": " + said.words());
    }
    try {
      JsonNode items = mapper.readTree(said.output()).path("nftables");
      return fingerprint(family, items, hooked(family, items));
    } catch (JsonProcessingException | InvalidValueException wrong) {
      throw new DataplaneException(purpose + ": " + wrong.getMessage(), wrong);
    }
  }

  private static String fingerprint(
      String family, JsonNode items, Collection<InterfaceName> hooked) {
    String name = "";
    int rules = 0;
    for (JsonNode item : items) {
      String chain = item.path("chain").path("name").asText();
      if (item.has("rule")) {
        rules++;
      } else if (chain.startsWith(FrameRules.MARK)) {
        name = chain;
      }
    }
    return FrameRules.fingerprint(family, name, rules, hooked);
  }

  /** The devices that chains are hooked to; nft 1.0.6 tells them in its text alone. */
  private Collection<InterfaceName> hooked(String family, JsonNode items)
      throws DataplaneException {
    if (!family.equals(FrameRules.NETDEV)) {
      return List.of();
    }
    List<InterfaceName> hooked = new ArrayList<>();
    boolean untold = false;
    for (JsonNode item : items) {
      JsonNode chain = item.path("chain");
      JsonNode devices = chain.path("dev");
      untold |= chain.has("hook") && devices.isMissingNode();
      if (devices.isArray()) {
        devices.forEach(device -> hooked.add(new InterfaceName(device.asText())));
      } else if (devices.isTextual()) {
        hooked.add(new InterfaceName(devices.asText()));
      }
    }
    return untold ? hookedByText() : hooked;
  }

  private Collection<InterfaceName> hookedByText() throws DataplaneException {
    String purpose = "list table " + FrameRules.NETDEV + " " + FrameRules.TABLE;
    NftProgram.Said said =
        nft.run(purpose, "", "list", "table", FrameRules.NETDEV, FrameRules.TABLE);
    if (!said.succeeded()) {
      throw new DataplaneException(purpose + ": " + said.words());
    }
    List<InterfaceName> hooked = new ArrayList<>();
    Matcher hooks = HOOKS.matcher(said.output());
    while (hooks.find()) {
      Matcher device = DEVICE.matcher(hooks.group(1));
      while (device.find()) {
        hooked.add(new InterfaceName(device.group()));
      }
    }
    return hooked;
  }
}
