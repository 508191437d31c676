package io.vxland.libvirt;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Which call of libvirt's the thread of requests is in, and since when. libvirt lets a call wait as
 * long as somebody holds a VM's lock; nothing can end it but libvirt.
 */
final class Calls {
  private final Consumer<Call> over;
  private Optional<Call> now = Optional.empty();

  /** One call, from its beginning to its end. */
  static final class Call {
    private final String function;
    private final long began = System.nanoTime();
    private boolean told;

    private Call(String function) {
      this.function = function;
    }

    /** The name of libvirt's function, such as virDomainGetXMLDesc. */
    String function() {
      return function;
    }

    /** {@link System#nanoTime} when it began. */
    long began() {
      return began;
    }
  }

  /** What is done in a call. */
  interface Body<T, E extends Throwable> {
    T run() throws E;
  }

  /**
   * Creates it.
   *
   * @param over gets a call that {@link #overdue} has returned, when it has ended
   */
  Calls(Consumer<Call> over) {
    this.over = over;
  }

  /** Makes a call of that name. */
  <T, E extends Throwable> T during(String function, Body<T, E> body) throws E {
    Call call = new Call(function);
    begin(call);
    try {
      return body.run();
    } finally {
      if (end(call)) {
        over.accept(call);
      }
    }
  }

  private synchronized void begin(Call call) {
    now = Optional.of(call);
  }

  private synchronized boolean end(Call call) {
    now = Optional.empty();
    return call.told;
  }

  /** The call that goes on for longer than that; each is returned once. */
  synchronized Optional<Call> overdue(Duration patience) {
    Optional<Call> found =
        now.filter(call -> !call.told && System.nanoTime() - call.began >= patience.toNanos());
    found.ifPresent(call -> call.told = true);
    return found;
  }

  /** How long until {@link #overdue} may have something to return. */
  synchronized Duration calm(Duration patience) {
    return now.filter(call -> !call.told)
        .map(call -> patience.minusNanos(System.nanoTime() - call.began))
        .filter(left -> !left.isNegative())
        .orElse(patience);
  }

  /** The same library, whose calls are noted here. */
  <T> T noting(Class<T> type, T library) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              try {
                return during(method.getName(), () -> method.invoke(library, arguments));
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            }));
  }
}
