package io.vxland.tests.badinput;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** Clients that read from a daemon back to back, as dashboards of many people do. */
final class Readers implements AutoCloseable {
  private final Path socket;
  private final ExecutorService threads;
  private final AtomicInteger answers = new AtomicInteger();
  private volatile boolean over;

  private Readers(Path socket, int count) {
    this.socket = socket;
    this.threads = Executors.newFixedThreadPool(count);
  }

  /** Starts so many of them, which share the targets. */
  static Readers of(Path socket, int count, String... targets) {
    Readers readers = new Readers(socket, count);
    for (int i = 0; i < count; i++) {
      String target = targets[i % targets.length];
      readers.threads.execute(() -> readers.read(target));
    }
    return readers;
  }

  private void read(String target) {
    byte[] request =
        ("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    ByteBuffer answer = ByteBuffer.allocate(64 << 10);
    while (!over) {
      try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        channel.connect(UnixDomainSocketAddress.of(socket));
        channel.write(ByteBuffer.wrap(request));
        while (channel.read(answer.clear()) >= 0) {
          // Only that it is answered matters.
        }
        answers.incrementAndGet();
      } catch (IOException gone) {
        throw new UncheckedIOException(gone);
      }
    }
  }

  /** Waits until so many more requests are answered. */
  void awaitAnswers(int more) {
    int enough = answers.get() + more;
    Awaitility.await("readers are answered, too")
        .atMost(Duration.ofSeconds(60))
        .until(() -> answers.get() >= enough);
  }

  @Override
  public void close() {
    over = true;
    threads.shutdown();
    Awaitility.await("the last answers")
        .atMost(Duration.ofSeconds(30))
        .until(threads::isTerminated);
  }
}
