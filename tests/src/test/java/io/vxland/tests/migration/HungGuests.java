package io.vxland.tests.migration;

import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * QEMU without KVM sometimes leaves a guest hung by a migration (see tests/lab/README.md), which is
 * no fault of a network. A test that failed beside such a guest is run once more, with a new one.
 */
public final class HungGuests implements InvocationInterceptor {
  /** Guests write a line every second or so. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final BooleanSupplier replaced;

  /**
   * Creates it.
   *
   * @param replaced starts guests anew whose console is dead, and says whether there were any
   */
  public HungGuests(BooleanSupplier replaced) {
    this.replaced = replaced;
  }

  /**
   * Starts a guest anew that runs on one host and does not write to its console any more.
   *
   * @param hosts how many hosts the lab has
   * @return the host on which it is then; empty if it is well
   */
  public static OptionalInt replaced(Lab lab, int hosts, String guest) {
    List<Integer> places =
        IntStream.rangeClosed(1, hosts)
            .filter(host -> lab.host(host, "virsh", "domstate", guest).out().startsWith("running"))
            .boxed()
            .toList();
    if (places.size() != 1) {
      return OptionalInt.empty();
    }
    String before = lab.console(guest);
    try {
      await("a heartbeat of " + guest)
          .atMost(SILENCE)
          .until(() -> !lab.console(guest).equals(before));
      return OptionalInt.empty();
    } catch (ConditionTimeoutException hung) {
      lab.host(places.get(0), "virsh", "destroy", guest).must();
    }
    for (int host = 1; host <= hosts; host++) {
      if (lab.host(host, "virsh", "start", guest).ok()) {
        lab.waitGuest(host, guest).must();
        return OptionalInt.of(host);
      }
    }
    throw new AssertionError(guest + " is defined nowhere");
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    proceed(invocation, method, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    proceed(invocation, method, context);
  }

  private void proceed(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    try {
      invocation.proceed();
    } catch (Throwable failure) {
      if (!replaced.getAsBoolean()) {
        throw failure;
      }
      context.publishReportEntry("a guest has hung, the test is repeated", failure.toString());
      ReflectionSupport.invokeMethod(
          method.getExecutable(),
          method.getTarget().orElseThrow(),
          method.getArguments().toArray());
    }
  }
}
