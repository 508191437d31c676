package io.vxland.dataplane.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.netlink4j.Event;
import io.vxland.netlink4j.model.Errno;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.NetlinkException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A watch on a kernel that has bad days. */
class KernelWatchTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final BadKernel kernel = new BadKernel();
  private final Heard heard = new Heard();
  private KernelWatch watch;

  /** Notes all that the watch says. */
  private static final class Heard implements KernelWatch.Listener {
    final List<String> words = new CopyOnWriteArrayList<>();

    @Override
    public void changed() {
      words.add("changed");
    }

    @Override
    public void heard(InterfaceName port, MacAddress mac) {
      words.add("heard " + mac);
    }

    @Override
    public void lost(String reason) {
      words.add("lost: " + reason);
    }

    @Override
    public void regained() {
      words.add("regained");
    }
  }

  /** What happens at a poll; the end of the subscription is a false. */
  private interface Happening {
    boolean to(Consumer<? super Event> consumer) throws NetlinkException;
  }

  private static final class BadKernel implements KernelWatch.Kernel {
    final BlockingQueue<Happening> next = new LinkedBlockingQueue<>();
    final Queue<Integer> refusals = new ArrayDeque<>();
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger dumps = new AtomicInteger();

    @Override
    public synchronized KernelWatch.News subscribe() throws NetlinkException {
      Integer refusal = refusals.poll();
      if (refusal != null) {
        throw new NetlinkException("open a netlink socket", refusal);
      }
      open.incrementAndGet();
      return new KernelWatch.News() {
        private boolean closed;

        @Override
        public boolean poll(Duration timeout, Consumer<? super Event> consumer)
            throws NetlinkException {
          try {
            return next.take().to(consumer);
          } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
          }
        }

        @Override
        public synchronized void close() {
          if (!closed) {
            closed = true;
            open.decrementAndGet();
          }
        }
      };
    }

    @Override
    public List<Link> links() {
      dumps.incrementAndGet();
      return List.of();
    }

    void fail(int errno) {
      next.add(
          consumer -> {
            throw new NetlinkException("receive notifications", errno);
          });
    }
  }

  @AfterEach
  void close() {
    watch.close();
    kernel.next.add(consumer -> false);
    await().atMost(LIMIT).until(() -> kernel.open.get() == 0);
  }

  @Test
  void anErrorOfTheKernelsIsSaidOnceAndTheWatchSubscribesAnewAndResyncs() throws Exception {
    watch = KernelWatch.start(kernel, heard);
    kernel.refusals.addAll(List.of(Errno.ENOBUFS, 12));
    kernel.fail(12);
    await().atMost(LIMIT).until(() -> heard.words.contains("changed"));
    assertThat(heard.words)
        .hasSize(3)
        .satisfies(words -> assertThat(words.get(0)).startsWith("lost: receive notifications"))
        .endsWith("regained", "changed");
    assertThat(kernel.open).as("subscriptions").hasValue(1);
    assertThat(kernel.dumps).as("names are read again").hasValue(2);
    heard.words.clear();
    kernel.fail(12);
    await().atMost(LIMIT).until(() -> heard.words.contains("changed"));
    assertThat(heard.words).hasSize(3);
  }

  @Test
  void whatTheKernelCouldNotTellIsReadAgain() throws Exception {
    watch = KernelWatch.start(kernel, heard);
    kernel.next.add(
        consumer -> {
          consumer.accept(new Event.ResyncNeeded());
          return true;
        });
    await().atMost(LIMIT).until(() -> heard.words.contains("changed"));
    assertThat(kernel.dumps).hasValue(2);
    assertThat(heard.words).containsExactly("changed");
  }

  @Test
  void aBugIsNotSwallowed() throws Exception {
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, fatal) -> end.complete(fatal));
    try {
      watch = KernelWatch.start(kernel, heard);
      kernel.next.add(
          consumer -> {
            throw new IllegalStateException("a bug");
          });
      assertThat(end.get(20, TimeUnit.SECONDS)).hasMessage("a bug");
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }
}
