package io.vxland.daemon;

import io.vxland.api.server.ApiServerException;
import io.vxland.config.ConfigException;
import io.vxland.config.ConfigurationReader;
import io.vxland.dataplane.DataplaneException;
import io.vxland.os.ServiceNotifier;
import io.vxland.os.Signals;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The command {@code vxland}. */
public final class Main {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  /** EX_CONFIG of sysexits.h. The unit has systemd stop trying then. */
  private static final int UNCONFIGURED = 78;

  private Main() {}

  /** Runs the daemon until SIGTERM, or checks the configuration. */
  @SuppressForbidden("a command speaks on its standard streams")
  public static void main(String[] arguments) throws InterruptedException {
    int status = run(arguments, System.out, System.err);
    // The event loop of libvirt's library may keep a thread in the kernel; nothing is lost by it.
    Runtime.getRuntime().halt(status);
  }

  private static int run(String[] arguments, PrintStream out, PrintStream err)
      throws InterruptedException {
    boolean check = false;
    Places places = Places.INSTALLED;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--check-config" -> check = true;
        case "--version" -> {
          out.println("vxland " + Identity.buildVersion());
          return 0;
        }
        case "--config" -> {
          if (++i == arguments.length) {
            err.println("vxland: --config needs a directory");
            return USAGE;
          }
          places = places.configuredIn(Path.of(arguments[i]));
        }
        default -> {
          err.println(
              "vxland: unknown argument '"
                  + arguments[i]
                  + "'; use --check-config, --config DIRECTORY or --version");
          return USAGE;
        }
      }
    }
    return check ? check(places, out, err) : serve(places, err);
  }

  private static int check(Places places, PrintStream out, PrintStream err) {
    try {
      ConfigurationReader.read(places.configuration());
    } catch (ConfigException wrong) {
      err.println(wrong.getMessage());
      return FAILED;
    }
    out.println("the configuration in " + places.configuration() + " is fine");
    return 0;
  }

  private static int serve(Places places, PrintStream err) throws InterruptedException {
    ConfigurationSource source = new ConfigurationSource(places);
    ConfigurationSource.Start start;
    try {
      start = source.start();
    } catch (NoConfigurationException nothing) {
      err.println(nothing.getMessage());
      return UNCONFIGURED;
    }
    Logs.toStandardError(System.getenv("JOURNAL_STREAM") != null);
    Thread.setDefaultUncaughtExceptionHandler(new EndOnBug(Runtime.getRuntime()::halt));
    ServiceNotifier notifier = ServiceNotifier.fromEnvironment(System.getenv());
    ExecutorService reloads =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "reload");
              thread.setDaemon(true);
              return thread;
            });
    try (Daemon daemon = new Daemon(places, source, start, notifier)) {
      Signals.onStop(daemon::requestStop);
      Signals.onReload(() -> reloads.execute(daemon::reload));
      daemon.start();
      daemon.awaitStop();
      return 0;
    } catch (DataplaneException | ApiServerException impossible) {
      err.println("vxland: " + impossible.getMessage());
      return FAILED;
    } finally {
      reloads.shutdown();
    }
  }
}
