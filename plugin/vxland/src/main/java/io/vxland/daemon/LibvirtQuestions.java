package io.vxland.daemon;

import io.vxland.libvirt.LibvirtConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** What is asked of libvirt, as soon as there is somebody to ask. Thread-safe. */
final class LibvirtQuestions implements Moves.Questions {
  /** Within this time a VM that starts has come from its port to its start hook. */
  private static final Duration TAP_GRACE = Duration.ofSeconds(3);

  private final World world;
  private final AtomicReference<LibvirtConnection> connection = new AtomicReference<>();

  LibvirtQuestions(World world) {
    this.world = world;
  }

  /** From now on this one is asked. */
  void of(LibvirtConnection opened) {
    connection.set(opened);
  }

  /** Who is asked; null before there is one. */
  LibvirtConnection connection() {
    return connection.get();
  }

  private void ask(Consumer<LibvirtConnection> question) {
    Optional.ofNullable(connection.get()).ifPresent(question);
  }

  /** One of its hooks was called, so it lives. */
  void lives() {
    ask(LibvirtConnection::hurry);
  }

  @Override
  public void inventory() {
    ask(LibvirtConnection::requestInventory);
  }

  @Override
  public void copyState(UUID domain) {
    ask(opened -> opened.requestCopyState(domain));
  }

  /**
   * A VM that starts tells its taps itself, in its start hook; only a card that is plugged into a
   * running one does not, and an inventory of a full host is dear.
   */
  void taps() {
    CompletableFuture.delayedExecutor(TAP_GRACE.toMillis(), TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (world.missesTaps()) {
                inventory();
              }
            });
  }

  void close() {
    ask(LibvirtConnection::close);
  }
}
