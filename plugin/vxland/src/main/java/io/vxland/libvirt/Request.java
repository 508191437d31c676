package io.vxland.libvirt;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Something that one thread asks of libvirt and another does. It is done at most once. */
final class Request {
  /** What is to be done. */
  interface Body {
    void run(Session session) throws LibvirtException;
  }

  private final String tried;
  private final Body body;
  private final AtomicBoolean taken = new AtomicBoolean();
  private final CompletableFuture<Void> result = new CompletableFuture<>();

  Request(String tried, Body body) {
    this.tried = tried;
    this.body = body;
  }

  void runWith(Session session) {
    if (!taken.compareAndSet(false, true)) {
      return;
    }
    try {
      body.run(session);
      result.complete(null);
    } catch (LibvirtException | RuntimeException e) {
      result.completeExceptionally(e);
    }
  }

  /** Refuses it, unless it has begun. */
  void refuse(String why) {
    if (taken.compareAndSet(false, true)) {
      result.completeExceptionally(new LibvirtException(tried, why + "; nothing was changed"));
    }
  }

  void await(Duration limit) throws LibvirtException, InterruptedException {
    try {
      result.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      String outcome =
          taken.compareAndSet(false, true) ? "nothing was changed" : "it may still be done";
      throw new LibvirtException(
          tried, "no answer from libvirt within " + limit.toMillis() + " ms; " + outcome, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LibvirtException cause) {
        throw new LibvirtException(cause.tried(), cause.words(), cause);
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
