package io.vxland.tests.migration;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;

/**
 * Pairs of hosts, each with a VM that goes to and fro, and one more host that belongs to all of
 * them. What is done to the daemons of one pair does not concern another, so they are used at the
 * same time.
 */
final class Lanes {
  /** How many tests can go on. */
  static final int COUNT = 3;

  /** The hosts that a lab for them needs. */
  static final int HOSTS = 2 * COUNT + 1;

  private final BlockingQueue<Lane> free = new ArrayBlockingQueue<>(COUNT);

  Lanes(Lab lab) {
    for (int host = 1; host <= HOSTS; host++) {
      ThreeHosts.prepare(lab, host);
    }
    List<Lane> all = new ArrayList<>();
    for (int number = 1; number <= COUNT; number++) {
      all.add(new Lane(lab, number));
    }
    all.forEach(Lane::waitForVm);
    free.addAll(all);
  }

  /** Takes a pair that nobody uses. */
  Lane take() {
    try {
      return free.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** A pair of hosts with its VM. */
  final class Lane implements AutoCloseable {
    private final Lab lab;
    private final Vm vm;
    private final ThreeHosts hosts;
    private int here;
    private int there;

    private Lane(Lab lab, int number) {
      this.lab = lab;
      vm = new Vm("vm" + number, number);
      here = 2 * number - 1;
      there = 2 * number;
      hosts = new ThreeHosts(lab, List.of(here, there, HOSTS));
      hosts.startVm(vm.name(), number, here);
    }

    private void waitForVm() {
      lab.waitGuest(here, vm.name()).must();
    }

    Vm vm() {
      return vm;
    }

    ThreeHosts hosts() {
      return hosts;
    }

    /** The host that the VM is on. */
    int here() {
      return here;
    }

    /** The host that it goes to next. */
    int there() {
      return there;
    }

    /** Begins to migrate it. */
    CompletableFuture<Result> migration(String... options) {
      int from = here;
      int to = there;
      return CompletableFuture.supplyAsync(
          () -> {
            List<String> command = new ArrayList<>(List.of("virsh", "migrate", "--live"));
            command.addAll(List.of(options));
            command.addAll(
                List.of(vm.name(), "qemu+tcp://10.98.0." + to + "/system", "tcp://10.98.0." + to));
            return lab.host(from, command.toArray(String[]::new));
          });
    }

    /** It has gone there. */
    void arrived() {
      int from = here;
      here = there;
      there = from;
    }

    /**
     * Whether it runs on one of the two, and the other has no QEMU of it; that is here then. What
     * libvirt has left paused on one host is resumed, as an administrator does.
     */
    boolean runsOnOneHost() {
      String atHome = state(here);
      String away = state(there);
      if (isActive(atHome) == isActive(away)) {
        return false;
      }
      if (isActive(away)) {
        arrived();
      }
      boolean runs = (isActive(away) ? away : atHome).equals("running");
      if (!runs) {
        lab.host(here, "virsh", "resume", vm.name());
      }
      return runs;
    }

    private String state(int host) {
      return lab.host(host, "virsh", "domstate", vm.name()).out().strip();
    }

    /** A host that it was on still has its definition. */
    private static boolean isActive(String state) {
      return !state.isEmpty() && !state.equals("shut off");
    }

    /** Gives the pair back. */
    @Override
    public void close() {
      free.add(this);
    }
  }
}
