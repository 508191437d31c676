package io.vxland.os;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Subscribes to signals of signal(7). Handlers run on a thread of the JVM, one after the other:
 * they should only wake something.
 *
 * <p>The JDK offers signals in {@code sun.misc.Signal} alone, which module jdk.unsupported exports
 * for this use (JEP 260). The compiler warns about the name of that class and the warning cannot be
 * suppressed where it is meant, so the public methods are looked up by name.
 */
public final class Signals {
  private Signals() {}

  /** Calls back on SIGHUP, in place of the JVM's own answer, which is to end. */
  public static void onReload(Runnable handler) {
    subscribe("HUP", handler);
  }

  /** Calls back on SIGTERM and SIGINT, in place of the JVM's own answer, which is to end. */
  public static void onStop(Runnable handler) {
    subscribe("TERM", handler);
    subscribe("INT", handler);
  }

  private static void subscribe(String name, Runnable handler) {
    try {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Class<?> signalClass = lookup.findClass("sun.misc.Signal");
      Class<?> handlerClass = lookup.findClass("sun.misc.SignalHandler");
      MethodHandle create =
          lookup.findConstructor(signalClass, MethodType.methodType(void.class, String.class));
      MethodHandle handle =
          lookup.findStatic(
              signalClass,
              "handle",
              MethodType.methodType(handlerClass, signalClass, handlerClass));
      MethodHandle run =
          lookup.findVirtual(Runnable.class, "run", MethodType.methodType(void.class));
      MethodHandle runIgnoringSignal =
          MethodHandles.dropArguments(run.bindTo(handler), 0, signalClass);
      handle.invoke(
          create.invoke(name),
          MethodHandleProxies.asInterfaceInstance(handlerClass, runIgnoringSignal));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("this JVM does not deliver SIG" + name, e);
    }
  }
}
