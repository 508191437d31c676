package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.Dataplane.Home;
import io.vxland.dataplane.Dataplane.Uplink;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.GuardListener;
import io.vxland.dataplane.linux.LinuxDataplane;
import io.vxland.dataplane.linux.RulesetWatch;
import io.vxland.dataplane.linux.Rulesets;
import io.vxland.dataplane.nft.FrameTables;
import io.vxland.dataplane.nft.NftProgram;
import io.vxland.model.HostAddress;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Vtep;
import io.vxland.plan.Change;
import io.vxland.plan.Desire;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.plan.Planner;
import io.vxland.tests.support.Netns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Stream;

/** A network namespace with an underlay of both families on {@code eth0}, and the driver on it. */
final class Host implements AutoCloseable {
  final Netns netns;
  final CountedTable nft;

  /** What others have taken away of nftables, and that it is back, in order. */
  final List<String> told = new ArrayList<>();

  private final GuardListener losses =
      new GuardListener() {
        @Override
        public void taken(SortedSet<InterfaceName> tunnels) {
          told.add("taken " + tunnels);
        }

        @Override
        public void restored() {
          told.add("restored");
        }
      };

  private final FrameTables frames;
  private final LinuxDataplane dataplane;

  private Host(Netns netns) throws DataplaneException {
    this.netns = netns;
    this.nft = new CountedTable(netns);
    this.frames = FrameTables.open(NftProgram.in(Path.of("/usr/sbin/nft"), netns.path()));
    this.dataplane =
        LinuxDataplane.open(netns.path(), Rulesets.NONE.with(nft, losses).with(frames));
  }

  static Host up() throws DataplaneException {
    Netns netns = Netns.create();
    sh(
        netns,
        """
        ip link add eth0 type veth peer name fabric
        ip link set fabric up
        ip link set eth0 up
        ip addr add 10.99.0.1/24 dev eth0
        ip addr add fd99::1/64 dev eth0 nodad
        """);
    return new Host(netns);
  }

  /** One that is plugged into a switch, with address 10.99.0.N. */
  static Host up(Netns fabric, int number) throws DataplaneException {
    Netns netns = Netns.create();
    sh(
        fabric,
        """
        ip link add port%1$d type veth peer name eth0 netns %2$s
        ip link set port%1$d master switch up
        """
            .formatted(number, netns.name()));
    sh(
        netns,
        """
        ip link set eth0 up
        ip addr add 10.99.0.%1$d/24 dev eth0
        """
            .formatted(number));
    return new Host(netns);
  }

  /** A namespace with the switch between hosts. */
  static Netns fabric() {
    Netns netns = Netns.create();
    sh(
        netns,
        """
        ip link add switch type bridge forward_delay 0 mcast_snooping 0
        ip link set switch up
        """);
    return netns;
  }

  void sh(String script) {
    sh(netns, script);
  }

  private static void sh(Netns netns, String script) {
    netns.run("sh", "-ec", script);
  }

  Plan plan(Inputs inputs) throws DataplaneException {
    return Planner.plan(Desire.of(inputs), dataplane.read(Set.of()), true);
  }

  List<Failure> apply(Plan plan) throws DataplaneException {
    return dataplane.apply(plan.changes());
  }

  /**
   * Makes everything as wanted, which must take one plan.
   *
   * @return the plan
   */
  Plan stand(Inputs inputs) throws DataplaneException {
    Plan plan = plan(inputs);
    assertThat(apply(plan)).isEmpty();
    assertThat(plan(inputs).changes()).as("after %s", plan.changes()).isEmpty();
    return plan;
  }

  /** As the daemon does where the kernel says that the ruleset has changed. */
  void distrustGuards() {
    dataplane.distrust(RulesetWatch.Part.DELIVERIES);
  }

  /** Somebody has changed the ruleset. */
  void rulesetChanged() {
    frames.distrust();
  }

  OptionalLong framesSent(String device) throws DataplaneException {
    return dataplane.framesSent(new InterfaceName(device));
  }

  /** With this address, or that of the default route. */
  Uplink uplink(Optional<Vtep> configured, String... peers) throws DataplaneException {
    HostAddress wanted =
        configured
            .<HostAddress>map(HostAddress.Exact::new)
            .orElse(new HostAddress.OfDefaultRoute());
    return uplink(new Home(wanted, Optional.empty()), peers);
  }

  Uplink uplink(Home home, String... peers) throws DataplaneException {
    return dataplane.uplink(home, Stream.of(peers).map(IpAddress::parse).toList());
  }

  /**
   * What an administrator would type for a plan, one command a line; but for a bridge's limit on
   * learning, which iproute2 before 6.7 neither sets nor shows.
   */
  static String script(Plan plan) {
    StringBuilder script = new StringBuilder();
    plan.changes().stream()
        .filter(change -> !(change instanceof Change.LimitLearning))
        .map(Change::command)
        .forEach(line -> script.append(line).append('\n'));
    return script.toString();
  }

  JsonNode link(String name) {
    return netns.ipJson("link", "show", "dev", name).get(0);
  }

  int index(String name) {
    return link(name).get("ifindex").asInt();
  }

  @Override
  public void close() {
    dataplane.close();
    nft.close();
    netns.close();
  }
}
