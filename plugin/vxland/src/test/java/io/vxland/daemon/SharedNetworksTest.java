package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.api.ApiException;
import io.vxland.config.Configurations;
import io.vxland.control.NetworkRegistry;
import io.vxland.model.InterfaceName;
import io.vxland.model.NetworkName;
import io.vxland.model.Registry;
import io.vxland.model.SharedNetwork;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a host is asked to do about networks that all hosts have, and how often. */
class SharedNetworksTest {
  private static final SharedNetwork BLUE = network("blue", 5001);
  private static final SharedNetwork RED = network("red", 5002);

  private final World world = new World(Configurations.withPeers());
  private final BlockingQueue<SharedNetwork> defined = new LinkedBlockingQueue<>();
  private volatile List<SharedNetwork> wanted = List.of(BLUE);
  private volatile boolean connected = true;
  private final AtomicInteger looks = new AtomicInteger();
  private final SharedNetworks shared =
      new SharedNetworks(world, this::look, new RefusingHost(), () -> connected);

  @AfterEach
  void stop() {
    shared.close();
  }

  private static SharedNetwork network(String name, int vni) {
    return new SharedNetwork(
        new NetworkName(name),
        new Vni(vni),
        Template.BRIDGE,
        new InterfaceName("br" + vni),
        Optional.empty());
  }

  private final class RefusingHost implements SharedNetworks.Host {
    @Override
    public void define(SharedNetwork network) throws ApiException {
      defined.add(network);
      throw new ApiException(ApiException.Kind.CONFLICT, "libvirt has no room");
    }

    @Override
    public void delete(NetworkName name) {
      throw new AssertionError("nothing is to be deleted");
    }
  }

  private final class Told implements NetworkRegistry {
    @Override
    public Optional<Registry> known() {
      Map<NetworkName, SharedNetwork> all = new HashMap<>();
      wanted.forEach(each -> all.put(each.name(), each));
      return Optional.of(new Registry(all, Map.of(), Map.of()));
    }

    @Override
    public SharedNetwork define(Wanted network, Duration limit) {
      throw new AssertionError("nobody is to be told of anything");
    }

    @Override
    public void delete(NetworkName name, Duration limit) {
      throw new AssertionError("nothing is to be deleted");
    }
  }

  private Optional<NetworkRegistry> look() {
    looks.incrementAndGet();
    return Optional.of(new Told());
  }

  private void libvirtHasToldAll() {
    world.inventory(System.nanoTime(), List.of(), List.of(), List.of());
  }

  /** Once it looks a second time, it is done with the first. */
  private void wake() {
    for (int time = 0; time < 2; time++) {
      int before = looks.get();
      shared.wake();
      await("it looks").until(() -> looks.get() > before);
    }
  }

  @Test
  void whatLibvirtRefusesIsShownAndNotTriedAgainAtEachEvent() {
    libvirtHasToldAll();
    for (int i = 0; i < 20; i++) {
      wake();
    }
    assertThat(defined).containsExactly(BLUE);
    assertThat(shared.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("libvirt has no room"));
    wanted = List.of(BLUE, RED);
    wake();
    assertThat(defined).as("something has changed").containsExactly(BLUE, BLUE, RED);
  }

  @Test
  void beforeLibvirtHasToldAllOrWhileItIsAwayNothingIsDone() {
    wake();
    connected = false;
    libvirtHasToldAll();
    wake();
    assertThat(defined).isEmpty();
    connected = true;
    wake();
    assertThat(defined).containsExactly(BLUE);
  }
}
