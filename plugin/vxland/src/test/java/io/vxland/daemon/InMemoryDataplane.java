package io.vxland.daemon;

import io.vxland.dataplane.Dataplane;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vtep;
import io.vxland.plan.ActualState;
import io.vxland.plan.Change;
import io.vxland.plan.DeniedFrames;
import io.vxland.plan.FakeKernel;
import io.vxland.plan.Inputs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A data plane over {@link FakeKernel} that can be told to fail. */
final class InMemoryDataplane implements Dataplane {
  final FakeKernel kernel = new FakeKernel();
  volatile Optional<Inputs.Underlay> underlay =
      Optional.of(new Inputs.Underlay(new InterfaceName("eth0"), 1500));
  volatile String refuseAll = "";
  volatile boolean readFails;
  volatile boolean countsFail;

  /** Reading takes until then. */
  volatile CountDownLatch busy;

  final AtomicInteger reads = new AtomicInteger();

  final AtomicInteger distrusts = new AtomicInteger();
  int counted;

  @Override
  public ActualState read(Set<MacAddress> moving) throws DataplaneException {
    reads.incrementAndGet();
    CountDownLatch until = busy;
    if (until != null) {
      try {
        until.await();
      } catch (InterruptedException closing) {
        Thread.currentThread().interrupt();
      }
    }
    if (readFails) {
      throw new DataplaneException("dump links: EINTR", null);
    }
    return kernel.read();
  }

  @Override
  public void distrust() {
    distrusts.incrementAndGet();
  }

  @Override
  public List<Failure> apply(List<Change> changes) {
    List<Failure> failures = new ArrayList<>();
    for (Change change : changes) {
      if (refuseAll.isEmpty()) {
        kernel.apply(change);
      } else {
        failures.add(new Failure(change, refuseAll));
      }
    }
    return failures;
  }

  @Override
  public Uplink uplink(Home home, Collection<IpAddress> peers) {
    return new Uplink(Optional.of(home.wanted().exact().orElse(Vtep.parse("10.99.0.1"))), underlay);
  }

  @Override
  public Listing forwarding(InterfaceName vxlan, int mostLearned) {
    return new Listing(List.of(), 0);
  }

  @Override
  public OptionalLong framesSent(InterfaceName device) {
    return OptionalLong.empty();
  }

  @Override
  public Map<InterfaceName, Map<MacAddress, Long>> framesDelivered() throws DataplaneException {
    counted++;
    if (countsFail) {
      throw new DataplaneException("list table netdev vxland: nft did not end", null);
    }
    return Map.of();
  }

  @Override
  public Map<InterfaceName, DeniedFrames> denied() {
    return Map.of();
  }

  @Override
  public void close() {}
}
