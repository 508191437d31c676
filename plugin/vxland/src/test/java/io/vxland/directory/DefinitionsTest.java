package io.vxland.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.InterfaceName;
import io.vxland.model.NetworkName;
import io.vxland.model.SharedNetwork;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.model.VniRange;
import io.vxland.model.Vtep;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks that several hosts define and delete at the same time. */
class DefinitionsTest {
  private static final Vni VNI = new Vni(5001);

  private final Store store = new Store();

  private Directory read() {
    Directory directory = new Directory();
    store.readInto(directory, Vtep.parse("10.99.0.1"), false, 1);
    return directory;
  }

  private static SharedNetwork network(String name, Vni vni) {
    return new SharedNetwork(
        new NetworkName(name),
        vni,
        Template.BRIDGE,
        new InterfaceName("br" + vni),
        Optional.empty());
  }

  private boolean define(Directory directory, SharedNetwork network) {
    return Definitions.define(directory, network).map(store::apply).orElse(true);
  }

  private boolean delete(Directory directory, String name) {
    return Definitions.delete(directory, new NetworkName(name)).map(store::apply).orElse(true);
  }

  @Test
  void aNetworkIsDefinedAndItsVniIsItsOwn() {
    assertThat(define(read(), network("blue", VNI))).isTrue();
    assertThat(read().registry().defined().values()).containsExactly(network("blue", VNI));
    assertThat(read().registry().rival(network("red", VNI))).contains(new NetworkName("blue"));
    assertThat(read().registry().rival(network("blue", VNI))).isEmpty();
    assertThat(Definitions.define(read(), network("blue", VNI))).isEmpty();
  }

  @Test
  void ofTwoThatTakeOneVniAtTheSameTimeOneGetsIt() {
    Directory one = read();
    Directory other = read();
    assertThat(define(one, network("blue", VNI))).isTrue();
    assertThat(define(other, network("red", VNI))).isFalse();
    assertThat(read().registry().defined()).containsOnlyKeys(new NetworkName("blue"));
  }

  @Test
  void ofTwoThatTakeOneNameAtTheSameTimeOneGetsIt() {
    Directory one = read();
    Directory other = read();
    assertThat(define(one, network("blue", VNI))).isTrue();
    assertThat(define(other, network("blue", new Vni(7)))).isFalse();
    assertThat(read().registry().owners()).containsOnlyKeys(VNI);
  }

  @Test
  void aDeletedNetworkIsSaidToBeGoneAndItsVniIsFree() {
    define(read(), network("blue", VNI));
    Directory late = read();
    assertThat(delete(read(), "blue")).isTrue();
    assertThat(read().registry().defined()).isEmpty();
    assertThat(read().registry().deleted().values()).containsExactly(network("blue", VNI));
    assertThat(define(read(), network("red", VNI))).isTrue();
    assertThat(delete(late, "blue")).as("it was deleted already, by somebody else").isFalse();
    assertThat(read().registry().owners()).containsEntry(VNI, new NetworkName("red"));
    assertThat(define(read(), network("blue", new Vni(7)))).as("the name is free, too").isTrue();
    assertThat(Definitions.delete(read(), new NetworkName("never"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noVniIsGivenTwiceWhateverHostsHaveReadWhen(long seed) {
    Random random = new Random(seed);
    VniRange range = new VniRange(new Vni(100), new Vni(130));
    List<Directory> hosts = List.of(read(), read(), read());
    int given = 0;
    for (int i = 0; given < 31; i++) {
      Directory host = hosts.get(random.nextInt(hosts.size()));
      if (random.nextBoolean()) {
        store.readInto(host, Vtep.parse("10.99.0.1"), false, i);
      }
      Optional<Vni> free = Definitions.free(host, range);
      given += free.isPresent() && define(host, network("n" + i, free.get())) ? 1 : 0;
      Set<Vni> all = new HashSet<>();
      read()
          .registry()
          .defined()
          .values()
          .forEach(each -> assertThat(all.add(each.vni())).as("%s twice", each.vni()).isTrue());
      assertThat(all).hasSize(given);
    }
    assertThat(Definitions.free(read(), range)).isEmpty();
  }

  @Test
  void aVniThatSomeHostHasByItselfIsNotGiven() {
    store.put(new Entry.Member(Vtep.parse("10.99.0.2"), new Vni(100)));
    assertThat(Definitions.free(read(), new VniRange(new Vni(100), new Vni(101))))
        .contains(new Vni(101));
  }
}
