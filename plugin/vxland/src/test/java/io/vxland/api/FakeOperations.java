package io.vxland.api;

import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.NetworkName;
import io.vxland.model.PortSecurity;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** A daemon in memory: a host with one peer, whose networks can be defined and deleted. */
public final class FakeOperations implements Operations {
  private static final Vni FREE = new Vni(10_000);

  private final Map<NetworkName, Vni> networks = Collections.synchronizedMap(new TreeMap<>());
  private final List<HookEvent> hooks = Collections.synchronizedList(new ArrayList<>());
  private volatile Migrations migrations = new Migrations(0, List.of());
  private volatile MigrationTotals totals = MigrationTotals.NONE;
  private volatile boolean healthy = true;
  private volatile boolean awaited;
  private volatile RuntimeException bug;
  private volatile CountDownLatch planned = new CountDownLatch(0);
  private volatile int ports;

  /** A daemon with the network blue of VNI 5001. */
  public FakeOperations() {
    networks.put(new NetworkName("blue"), new Vni(5001));
  }

  /** From now on it is not in sync. */
  public void fallIll() {
    healthy = false;
  }

  /** From now on every operation ends in a bug. */
  public void throwFromNowOn(RuntimeException newBug) {
    bug = newBug;
  }

  /** From now on libvirt is not there, and may be starting. */
  public void awaitLibvirt() {
    awaited = true;
  }

  /** From now on all is well. */
  public void recover() {
    awaited = false;
    healthy = true;
  }

  /** From now on whoever asks for the plan waits until this is reached. */
  public void planNotBefore(CountDownLatch moment) {
    planned = moment;
  }

  /** From now on there are so many ports, each of them like the first. */
  public void grow(int newPorts) {
    ports = newPorts;
  }

  /** From now on it tells of these migrations; those that ended count once more each time. */
  public void migrate(Migration... all) {
    migrations = new Migrations(migrations.revision() + 1, List.of(all));
    for (Migration migration : all) {
      if (migration.outcome() != Migration.Outcome.ONGOING) {
        totals = totals.plus(migration);
      }
    }
  }

  /** The networks that are there now. */
  public Map<NetworkName, Vni> definedNetworks() {
    return Map.copyOf(networks);
  }

  /** The hooks that were called, in order. */
  public List<HookEvent> calledHooks() {
    return List.copyOf(hooks);
  }

  @Override
  public HookVerdict hook(HookEvent event) throws ApiException {
    stumble();
    hooks.add(event);
    return switch (event.operation()) {
      case "port-created" -> HookVerdict.refused("VNI 5001 is blue's\nand red wants it, too");
      case "nonsense" ->
          throw new ApiException(
              ApiException.Kind.BAD_REQUEST, "operation 'nonsense' is not known");
      default -> HookVerdict.GO_ON;
    };
  }

  @Override
  public Version version() {
    stumble();
    return new Version("0.1.0", "17.0.15", 4711);
  }

  @Override
  public Status status(boolean diff) {
    stumble();
    List<Change> changes = healthy ? List.of() : changes();
    return new Status(
        new Status.Daemon("0.1.0", 4711, 7384),
        new Status.Host("kvm1", "10.99.0.1", "eth0", List.of("eth0"), 1500),
        new Status.Control("static", true, 0),
        healthy && !awaited
            ? new Status.Libvirt(true, "qemu:///system", "", false, 7384)
            : new Status.Libvirt(
                false, "qemu:///system", "Connection refused", awaited, awaited ? 2 : 75),
        healthy,
        healthy ? "2026-11-21T12:00:00Z" : "",
        new Status.Counts(networks.size(), 1, 2),
        changes.size(),
        healthy ? List.of() : List.of("red"),
        diff ? changes : List.of(),
        healthy ? List.of() : problems(),
        List.of(new Problem("VM 'web'", "NIC 52:54:00:00:00:01 sends too much", "shut it down")));
  }

  private static List<Change> changes() {
    return List.of(
        new Change(
            "create-vxlan",
            "vxlan5001",
            "create the VXLAN device of VNI 5001",
            "ip link add vxlan5001 type vxlan id 5001 dstport 4789 local 10.99.0.1"),
        new Change(
            "add-fdb",
            "vxlan5001 52:54:00:00:00:02",
            "send frames for 52:54:00:00:00:02 to 10.99.0.2",
            "bridge fdb replace 52:54:00:00:00:02 dev vxlan5001 self dst 10.99.0.2"));
  }

  private static List<Problem> problems() {
    return List.of(
        new Problem(
            "red", "VNI 5001 is used by blue, too", "give red another VNI and define it again"));
  }

  @Override
  public List<NetworkSummary> networks() {
    stumble();
    return networks.entrySet().stream().map(e -> summary(e.getKey(), e.getValue())).toList();
  }

  private NetworkSummary summary(NetworkName name, Vni vni) {
    return new NetworkSummary(
        name.value(),
        vni.value(),
        "bridge",
        "br" + vni,
        "vxlan" + vni,
        1450,
        4789,
        NetworkSummary.State.ACTIVE,
        true,
        1,
        2,
        healthy);
  }

  @Override
  public NetworkDetails network(NetworkName name) throws ApiException {
    stumble();
    return new NetworkDetails(
        summary(name, existing(name)),
        new NetworkDetails.Options(
            "peers of the control plane",
            true,
            0,
            false,
            true,
            "yes",
            "strict",
            64,
            List.of("7.7.7.1/24"),
            List.of("52:54:00:00:00:02 10.99.0.2 7.7.7.2")),
        NetworkDetails.OnSwitch.NONE,
        List.of("10.99.0.2", "10.99.0.3"),
        ports(),
        healthy ? List.of() : problems());
  }

  private Vni existing(NetworkName name) throws ApiException {
    Vni vni = networks.get(name);
    if (vni == null) {
      throw new ApiException(
          ApiException.Kind.NOT_FOUND, "there is no network '" + name + "' on this host");
    }
    return vni;
  }

  @Override
  public List<Port> ports() {
    stumble();
    return ports == 0 ? twoPorts() : Collections.nCopies(ports, twoPorts().get(0));
  }

  private static List<Port> twoPorts() {
    return List.of(
        new Port(
            "web\u001b[31m",
            "6d1f2c1e-0b1a-4a53-9d4e-1f6f3f0a7b10",
            "52:54:00:00:00:01",
            "blue",
            5001,
            "vnet0",
            "br5001",
            Port.State.HERE,
            List.of("10.50.0.1", "fd50::1"),
            1500,
            "<mtu size='1450'/>",
            "strict",
            17),
        new Port(
            "db",
            "0a7c4d1e-93a1-4f0e-8f7b-6b9f2b1c2d3e",
            "52:54:00:00:00:09",
            "blue",
            5001,
            "",
            "br5001",
            Port.State.INCOMING,
            List.of(),
            0,
            "",
            "known",
            0));
  }

  @Override
  public List<FdbEntry> fdb(Optional<NetworkName> network, Optional<Vni> vni) throws ApiException {
    stumble();
    if (network.isPresent()) {
      existing(network.get());
    }
    return List.of(
            entry(FdbEntry.FLOOD, "10.99.0.2", FdbEntry.Owner.OURS, true, true, "configuration"),
            FdbEntry.of(
                "blue",
                5001,
                "52:54:00:00:00:02",
                "10.99.0.2",
                "vxlan5001",
                FdbEntry.Owner.OURS,
                true,
                false,
                "etcd",
                125),
            entry("52:54:00:00:00:03", "10.99.0.3", FdbEntry.Owner.LEARNED, false, true, "frames"),
            entry("52:54:00:00:00:04", "10.99.0.9", FdbEntry.Owner.OURS, false, true, ""),
            entry("52:54:00:00:00:05", "10.99.0.8", FdbEntry.Owner.FOREIGN, false, true, ""))
        .stream()
        .filter(e -> network.isEmpty() || e.network().equals(network.get().value()))
        .filter(e -> vni.isEmpty() || e.vni() == vni.get().value())
        .toList();
  }

  private static FdbEntry entry(
      String mac,
      String vtep,
      FdbEntry.Owner owner,
      boolean wanted,
      boolean present,
      String source) {
    return FdbEntry.of(
        "blue", 5001, mac, vtep, "vxlan5001", owner, wanted, present, source, FdbEntry.NO_AGE);
  }

  @Override
  public List<Peer> peers() {
    stumble();
    return List.of(
        new Peer("10.99.0.2", "kvm2", "etcd", Peer.State.ALIVE, 0, List.of("blue"), 1),
        new Peer("10.99.0.3", "", "configuration", Peer.State.UNKNOWN, 0, List.of("blue"), 0));
  }

  @Override
  public Plan plan() {
    stumble();
    dawdle();
    return healthy ? new Plan(List.of(), List.of()) : new Plan(changes(), problems());
  }

  @Override
  public Migrations migrations() {
    stumble();
    return migrations;
  }

  @Override
  public Metrics metrics() {
    return new Metrics(status(false), totals, migrations.migrations());
  }

  @Override
  public Defined defineNetwork(
      NetworkName name,
      Optional<Vni> asked,
      Template template,
      Optional<InterfaceName> bridge,
      Optional<VlanTag> tag,
      Flooding flood,
      PortSecurity security,
      boolean here,
      boolean printOnly)
      throws ApiException {
    stumble();
    Vni vni = asked.orElse(FREE);
    String xml = "<network>\n  <name>" + name + "</name>\n</network>\n";
    if (printOnly) {
      return new Defined(name.value(), vni.value(), "br" + vni, Defined.Result.PRINTED, xml);
    }
    Optional<NetworkName> owner =
        networks.entrySet().stream()
            .filter(e -> e.getValue().equals(vni) && !e.getKey().equals(name))
            .map(Map.Entry::getKey)
            .findFirst();
    if (owner.isPresent()) {
      throw new ApiException(
          ApiException.Kind.CONFLICT,
          "VNI " + vni + " belongs to network '" + owner.get() + "'; choose another");
    }
    Vni before = networks.put(name, vni);
    return new Defined(
        name.value(),
        vni.value(),
        "br" + vni,
        vni.equals(before) ? Defined.Result.UNCHANGED : Defined.Result.DEFINED,
        xml);
  }

  @Override
  public Deleted deleteNetwork(NetworkName name, boolean force) throws ApiException {
    stumble();
    Vni vni = existing(name);
    if (name.value().equals("blue") && !force) {
      throw new ApiException(
          ApiException.Kind.CONFLICT, "network 'blue' is used by VM 'web'; --force deletes it");
    }
    networks.remove(name);
    return new Deleted(name.value(), vni.value());
  }

  private void dawdle() {
    try {
      planned.await();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private void stumble() {
    if (bug != null) {
      throw bug;
    }
  }
}
