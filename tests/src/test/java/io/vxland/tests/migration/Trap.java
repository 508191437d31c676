package io.vxland.tests.migration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Kills a process of a host, from outside, the moment something happens there: a monitor of the
 * kernel or of libvirt tells it, and the process gets its signal before the next line is read.
 */
final class Trap implements AutoCloseable {
  /** A name that no network has: what is done to it shows that a monitor listens. */
  private static final String MARK = "vxtrapmark";

  private static final Duration LISTENS = Duration.ofSeconds(60);

  private final Process monitor;
  private final CompletableFuture<Void> listens = new CompletableFuture<>();
  private final CompletableFuture<String> sprung = new CompletableFuture<>();

  /** Who tells of it, and how that one is made to say something. */
  enum Monitor {
    LINKS("ip monitor link", "ip link add MARK type veth peer name MARKp; ip link del MARK"),
    ENTRIES(
        "bridge monitor fdb",
        "bridge fdb replace 02:00:00:00:00:fe dev eth0 self permanent;"
            + " bridge fdb del 02:00:00:00:00:fe dev eth0 self"),
    RULES("nft monitor", "nft add table netdev MARK; nft delete table netdev MARK"),
    /** No monitor of the kernel tells of queue lengths. */
    QUEUES(
        "sh -c 'last=none; echo MARK; while :; do for f in /sys/class/net/vnet*/tx_queue_len; do"
            + " read -r n <$f && [ $n != $last ] && echo $f from $last to $n && last=$n;"
            + " done; done 2>/dev/null'",
        "true"),
    EVENTS(
        "virsh event --all --loop",
        "echo \"<domain type='qemu'><name>MARK</name><memory>1024</memory><os><type>hvm</type></os>"
            + "</domain>\" | virsh -q define /dev/stdin; virsh -q undefine MARK");

    private final String command;
    private final String poke;

    Monitor(String command, String poke) {
      this.command = command.replace("MARK", MARK);
      this.poke = poke.replace("MARK", MARK);
    }
  }

  private Trap(Process monitor) {
    this.monitor = monitor;
  }

  /**
   * Sets it; returns once the monitor listens.
   *
   * @param victim the pid of the process that is killed
   * @param sign what is found in the line that tells of it
   */
  static Trap set(Lab lab, int host, Monitor monitor, Pattern sign, long victim) {
    ProcessHandle process = ProcessHandle.of(victim).orElseThrow();
    Trap trap = new Trap(lab.start(host, "sh", "-c", "exec " + monitor.command));
    Thread reader = new Thread(() -> trap.read(sign, process), "trap");
    reader.setDaemon(true);
    reader.start();
    try {
      await(monitor + " listens on h" + host)
          .atMost(LISTENS)
          .until(
              () -> {
                lab.host(host, "sh", "-c", monitor.poke);
                return trap.listens.isDone();
              });
    } catch (ConditionTimeoutException deaf) {
      trap.close();
      throw deaf;
    }
    return trap;
  }

  private void read(Pattern sign, ProcessHandle victim) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(monitor.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (sign.matcher(line).find()) {
          victim.destroyForcibly();
          sprung.complete(line);
          return;
        }
        listens.complete(null);
      }
      sprung.completeExceptionally(new AssertionError("the monitor has ended"));
    } catch (IOException ended) {
      sprung.completeExceptionally(ended);
    }
  }

  /** The line that told of it, once the process has been killed. */
  CompletableFuture<String> sprung() {
    return sprung;
  }

  /** Waits until the process has been killed. */
  void awaitSprung(Duration bound) {
    try {
      sprung.get(bound.toSeconds(), SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new AssertionError("it did not happen, or nobody told of it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    monitor.destroyForcibly();
  }
}
