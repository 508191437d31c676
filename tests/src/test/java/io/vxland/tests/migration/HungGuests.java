package io.vxland.tests.migration;

import java.lang.reflect.Method;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * QEMU without KVM sometimes leaves a guest hung by a migration (see tests/lab/README.md), which is
 * no fault of a network. A test that failed beside such a guest is run once more, with a new one.
 */
public final class HungGuests implements InvocationInterceptor {
  private final BooleanSupplier replaced;

  /**
   * Creates it.
   *
   * @param replaced starts guests anew whose console is dead, and says whether there were any
   */
  public HungGuests(BooleanSupplier replaced) {
    this.replaced = replaced;
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
