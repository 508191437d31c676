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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tables {@code bridge} and {@code netdev vxland_frames} of nftables, each replaced as a whole by
 * the program nft. To read them starts a process: what was applied or read is taken for so until
 * {@link #distrust}, or until a device that was filtered goes. Used by one thread, but for that.
 */
public final class FrameTables implements FrameDriver {
  /** All that a rule asks of the kernel. In nft's check mode nothing of it stays. */
  static final String PROBE =
      """
      table bridge vxland_probe {
       chain forward {
        type filter hook forward priority 0; policy accept;
        oifname "lo" meta protocol ip @ll,96,16 0x8100 tcp flags & (syn | rst) == syn tcp option maxseg size set 1400
        oifname "lo" meta protocol ip meta length > 1400 ip frag-off 0 ip frag-off set 0x4000
       }
      }
      """;

  /** The same of taps. */
  static final String TAP_PROBE =
      """
      table netdev vxland_probe {
       chain into {
        type filter hook egress devices = { "lo" } priority 0; policy accept;
        meta protocol ip tcp flags & (syn | rst) == syn tcp option maxseg size set 1400
       }
      }
      """;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** {@code devices = { vnet0, vnet1 }} or {@code device "vnet0"}, as nft prints them. */
  private static final Pattern HOOKS =
      Pattern.compile(
          "^\\s*type filter hook \\w+ devices?(?: =)? (.*?) priority ", Pattern.MULTILINE);

  private static final Pattern DEVICE = Pattern.compile("[^\\s{},\"]+");

  private final NftProgram nft;
  private final Optional<String> unavailable;
  private final boolean taps;
  private final Freshness freshness = new Freshness();

  /** The fingerprint of what is there; empty where that is not known. */
  private Optional<String> known = Optional.empty();

  /** The devices that chains are hooked to: the kernel unhooks those that go, without a word. */
  private Set<InterfaceName> hooked = Set.of();

  private FrameTables(NftProgram nft, Optional<String> unavailable, boolean taps) {
    this.nft = nft;
    this.unavailable = unavailable;
    this.taps = taps;
  }

  /** Opens them where the program works. Where they cannot do their work, they say so. */
  public static FrameTables open(NftProgram nft) {
    Optional<String> unavailable = nft.absent().or(() -> nft.refusal(PROBE));
    return new FrameTables(
        nft, unavailable, unavailable.isEmpty() && nft.refusal(TAP_PROBE).isEmpty());
  }

  /**
   * Opens them where all of {@link #PROBE} and {@link #TAP_PROBE} can be done.
   *
   * @param areThere whether there is any of them to read
   */
  static FrameTables able(NftProgram nft, boolean areThere) {
    FrameTables tables = new FrameTables(nft, Optional.empty(), true);
    if (!areThere) {
      tables.known = Optional.of("");
      tables.freshness.begins();
    }
    return tables;
  }

  @Override
  public void distrust() {
    freshness.distrust();
  }

  @Override
  public Frames read(Set<InterfaceName> links) {
    if (unavailable.isPresent()) {
      return Frames.missing(unavailable.get());
    }
    if (freshness.isOver() || known.isEmpty() || !links.containsAll(hooked)) {
      hooked = Set.of();
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
    FrameRules rules = change instanceof Change.TreatFrames treat ? treat.rules() : FrameRules.NONE;
    known = Optional.empty();
    try {
      NftProgram.Said said =
          nft.run("change table " + FrameRules.TABLE, rules.replacement(), "-f", "-");
      if (!said.succeeded()) {
        return Optional.of(new Failure(change, said.words()));
      }
      known = Optional.of(rules.fingerprint());
      hooked = rules.hooked();
      return Optional.empty();
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
      JsonNode items = JSON.readTree(said.output()).path("nftables");
      Set<InterfaceName> devices = Set.copyOf(hooked(family, items));
      if (family.equals(FrameRules.NETDEV)) {
        hooked = devices;
      }
      return fingerprint(family, items, devices);
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
