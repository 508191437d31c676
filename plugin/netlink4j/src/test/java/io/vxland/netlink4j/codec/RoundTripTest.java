package io.vxland.netlink4j.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.InterfaceAddress;
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.IpPrefix;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.LinkSpec;
import io.vxland.netlink4j.model.Neighbour;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.NextHop;
import io.vxland.netlink4j.model.PortRange;
import io.vxland.netlink4j.model.Route;
import io.vxland.netlink4j.model.Subject;
import io.vxland.netlink4j.model.Vxlan;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read as the same, for values made by seeded chance. */
class RoundTripTest {
  private static final int ROUNDS = 3000;

  private static MessageReader written(Subject subject) throws NetlinkException {
    MessageWriter writer = new MessageWriter(8);
    ChangeCodec.write(writer, Change.replace(subject), 0, 1);
    byte[] bytes = writer.toBytes();
    MessageReader reader = new MessageReader();
    reader.reset(bytes, bytes.length);
    assertThat(reader.next()).isTrue();
    return reader;
  }

  private static IpAddress ip(Random random, boolean v6) {
    return v6 ? IpAddress.v6(random.nextLong(), random.nextLong()) : IpAddress.v4(random.nextInt());
  }

  private static LinkAddress mac(Random random) {
    byte[] bytes = new byte[random.nextInt(8) == 0 ? random.nextInt(33) : 6];
    random.nextBytes(bytes);
    return LinkAddress.of(bytes);
  }

  private static int index(Random random) {
    return 1 + random.nextInt(Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20, 300})
  void fdbEntries(long seed) throws NetlinkException {
    Random random = new Random(seed);
    NeighbourCodec codec = new NeighbourCodec();
    for (int i = 0; i < ROUNDS; i++) {
      FdbEntry entry =
          new FdbEntry(
              index(random),
              mac(random),
              random.nextBoolean() ? ip(random, random.nextBoolean()) : null,
              random.nextInt(1 << 24),
              random.nextInt(1 << 24),
              random.nextInt(1 << 16),
              random.nextInt(100),
              random.nextInt(4096),
              random.nextInt(256),
              random.nextInt(256),
              0);
      assertThat(codec.readFdb(written(entry))).isEqualTo(entry);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 30, 400})
  void neighbours(long seed) throws NetlinkException {
    Random random = new Random(seed);
    NeighbourCodec codec = new NeighbourCodec();
    for (int i = 0; i < ROUNDS; i++) {
      Neighbour neighbour =
          new Neighbour(
              index(random),
              ip(random, random.nextBoolean()),
              random.nextBoolean() ? mac(random) : null,
              random.nextInt(256),
              random.nextInt(256),
              random.nextInt(256));
      assertThat(codec.readNeighbour(written(neighbour))).isEqualTo(neighbour);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {3, 40, 500})
  void addresses(long seed) throws NetlinkException {
    Random random = new Random(seed);
    for (int i = 0; i < ROUNDS; i++) {
      boolean v6 = random.nextBoolean();
      IpAddress own = ip(random, v6);
      long valid = random.nextLong(InterfaceAddress.FOREVER + 1);
      InterfaceAddress address =
          new InterfaceAddress(
              index(random),
              new IpPrefix(own, random.nextInt(own.bitLength() + 1)),
              random.nextBoolean() ? ip(random, v6) : null,
              v6 ? null : ip(random, false),
              v6 ? "" : "eth0:" + random.nextInt(100),
              random.nextInt(256),
              random.nextInt(1 << 16),
              random.nextLong(valid + 1),
              valid,
              random.nextInt(256));
      assertThat(AddressCodec.read(written(address))).isEqualTo(address);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 50, 600})
  void routes(long seed) throws NetlinkException {
    Random random = new Random(seed);
    for (int i = 0; i < ROUNDS; i++) {
      boolean v6 = random.nextBoolean();
      // A default route has no destination to carry other bits in.
      IpPrefix destination = new IpPrefix(ip(random, v6), 1 + random.nextInt(32));
      int hops = random.nextInt(4);
      List<NextHop> nextHops =
          random
              .ints(hops)
              .mapToObj(
                  n ->
                      new NextHop(
                          ip(random, v6 || random.nextBoolean()),
                          index(random),
                          random.nextBoolean(),
                          hops == 1 ? 1 : 1 + random.nextInt(256)))
              .toList();
      Route route =
          new Route(
              destination,
              nextHops,
              random.nextInt(10_000),
              random.nextInt(256),
              random.nextInt(256),
              random.nextInt(12),
              random.nextInt(5) * 1_000_000_000L,
              random.nextBoolean() ? ip(random, v6) : null,
              random.nextInt(9000));
      assertThat(RouteCodec.read(written(route))).isEqualTo(route);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {5, 60, 700})
  void vxlanDevices(long seed) throws NetlinkException {
    Random random = new Random(seed);
    for (int i = 0; i < ROUNDS; i++) {
      int low = random.nextInt(1 << 16);
      Vxlan vxlan =
          Vxlan.of(random.nextInt(1 << 24))
              .local(ip(random, random.nextBoolean()))
              .remote(ip(random, random.nextBoolean()))
              .with(Vxlan.LINK, index(random))
              .with(Vxlan.PORT, random.nextInt(1 << 16))
              .with(Vxlan.PORT_RANGE, new PortRange(low, low + random.nextInt((1 << 16) - low)))
              .with(Vxlan.TTL, random.nextInt(256))
              .with(Vxlan.LEARNING, random.nextBoolean())
              .with(Vxlan.AGEING, random.nextLong(1L << 32))
              .with(Vxlan.LABEL, random.nextInt(1 << 20))
              .with(Vxlan.GBP, true);
      LinkSpec spec =
          LinkSpec.named("vx" + i)
              .details(vxlan)
              .mtu(random.nextInt(9000))
              .alias("a" + random.nextInt())
              .master(index(random));
      Link link = LinkCodec.read(written(spec));
      assertThat(link.details()).isEqualTo(vxlan);
      assertThat(link.name()).isEqualTo(spec.name());
      assertThat(link.alias()).isEqualTo(spec.alias().orElseThrow());
      assertThat(link.mtu()).isEqualTo(spec.mtu().orElseThrow());
      assertThat(link.master()).isEqualTo(spec.master().orElseThrow());
    }
  }
}
