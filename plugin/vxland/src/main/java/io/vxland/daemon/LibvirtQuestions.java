package io.vxland.daemon;

import io.vxland.libvirt.LibvirtConnection;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** What is asked of libvirt, as soon as there is somebody to ask. Thread-safe. */
final class LibvirtQuestions implements Moves.Questions {
  private final AtomicReference<LibvirtConnection> connection = new AtomicReference<>();

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

  /** What is this VM now? */
  void look(UUID domain) {
    ask(opened -> opened.requestLook(domain));
  }

  void close() {
    ask(LibvirtConnection::close);
  }
}
