package io.vxland.daemon;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Where log lines go: to standard error, one line each. For the journal they begin with the
 * priority (sd-daemon(3)) and have no time, as the journal notes that itself.
 */
final class Logs {
  /**
   * Libraries that also log what they throw, which we say in our own words. Kept here, for the JDK
   * forgets loggers that nobody holds.
   */
  private static final List<Logger> QUIET =
      Stream.of("io.etcd", "io.grpc", "io.netty", "io.vertx").map(Logger::getLogger).toList();

  private Logs() {}

  static void toStandardError(boolean journal) {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    Handler handler = new ConsoleHandler();
    handler.setFormatter(new Line(journal));
    handler.setLevel(Level.ALL);
    root.addHandler(handler);
    root.setLevel(Level.INFO);
    QUIET.forEach(library -> library.setLevel(Level.OFF));
  }

  private static final class Line extends Formatter {
    private final boolean journal;

    Line(boolean journal) {
      this.journal = journal;
    }

    @Override
    public String format(LogRecord entry) {
      StringBuilder line = new StringBuilder();
      if (journal) {
        line.append('<').append(priority(entry.getLevel())).append('>');
      } else {
        line.append(entry.getInstant()).append(' ').append(entry.getLevel()).append(' ');
      }
      line.append(formatMessage(entry).replace('\n', ' ')).append('\n');
      if (entry.getThrown() != null) {
        StringWriter trace = new StringWriter();
        entry.getThrown().printStackTrace(new PrintWriter(trace, true));
        line.append(trace);
      }
      return line.toString();
    }

    /** Of syslog(3). */
    private static int priority(Level level) {
      if (level.intValue() >= Level.SEVERE.intValue()) {
        return 3;
      }
      return level.intValue() >= Level.WARNING.intValue() ? 4 : 6;
    }
  }
}
