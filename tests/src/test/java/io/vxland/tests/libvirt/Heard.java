package io.vxland.tests.libvirt;

import io.vxland.libvirt.CopyPass;
import io.vxland.libvirt.DomainEvent;
import io.vxland.libvirt.Halt;
import io.vxland.libvirt.Inventory;
import io.vxland.libvirt.LibvirtListener;
import io.vxland.libvirt.Look;
import io.vxland.libvirt.NetworkEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** A listener that keeps all it hears, as lines such as {@code vm STARTED 0}. */
final class Heard implements LibvirtListener {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<Inventory> inventories = new CopyOnWriteArrayList<>();
  private final List<Look> looks = new CopyOnWriteArrayList<>();
  private final Set<String> threads = ConcurrentHashMap.newKeySet();

  @Override
  public void connected(Inventory inventory) {
    inventories.add(inventory);
    line("connected");
  }

  @Override
  public void inventory(Inventory inventory) {
    inventories.add(inventory);
    line("inventory");
  }

  @Override
  public void domainChanged(DomainEvent event) {
    line(event.name() + " " + event.kind() + " " + event.detail());
  }

  @Override
  public void copying(CopyPass pass) {
    line(pass.name() + " COPYING " + pass.pass());
  }

  @Override
  public void copyEnded(UUID domain) {
    line("copy of " + domain + " ended");
  }

  @Override
  public void metadataChanged(UUID domain) {
    line("metadata of " + domain);
  }

  @Override
  public void devicesChanged(UUID domain) {
    line("devices of " + domain);
  }

  @Override
  public void looked(Look look) {
    looks.add(look);
    line("look at " + look.domain());
  }

  @Override
  public void halted(Halt halt) {
    line(halt.name() + " HALTED");
  }

  @Override
  public void networkChanged(NetworkEvent event) {
    line(event.name() + " " + event.kind());
  }

  @Override
  public void unanswered(String function, long since) {
    line("unanswered: " + function);
  }

  @Override
  public void answered(String function) {
    line("answered: " + function);
  }

  @Override
  public void disconnected(String reason) {
    line("disconnected: " + reason);
  }

  private void line(String line) {
    threads.add(Thread.currentThread().getName());
    lines.add(line);
  }

  List<String> lines() {
    return lines;
  }

  Set<String> threads() {
    return threads;
  }

  /** Marks a place, to wait for what is said after it. */
  int mark() {
    return lines.size();
  }

  /** Waits for a line that begins so, after a place, and returns the place behind it. */
  int await(int mark, String beginning) {
    Awaitility.await("\"" + beginning + "\" is heard")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> find(mark, beginning).isPresent());
    return find(mark, beginning).get() + 1;
  }

  private Optional<Integer> find(int mark, String beginning) {
    for (int i = mark; i < lines.size(); i++) {
      if (lines.get(i).startsWith(beginning)) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  Look lastLook() {
    return looks.get(looks.size() - 1);
  }

  Inventory lastInventory() {
    return inventories.get(inventories.size() - 1);
  }
}
