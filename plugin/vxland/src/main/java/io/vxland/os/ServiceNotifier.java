package io.vxland.os;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Tells the service manager how the daemon does: sd_notify(3), without its library. Where nobody
 * listens, which is the case outside of systemd, every call does nothing. No call throws or waits:
 * a manager that does not listen must not stop a daemon.
 */
public final class ServiceNotifier {
  private static final int MAX_STATUS = 400;

  private final Optional<byte[]> address;
  private final Optional<Duration> watchdogInterval;

  private ServiceNotifier(Optional<byte[]> address, Optional<Duration> watchdogInterval) {
    this.address = address;
    this.watchdogInterval = watchdogInterval;
  }

  /**
   * Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
   *
   * @param environment such as {@link System#getenv()}
   */
  public static ServiceNotifier fromEnvironment(Map<String, String> environment) {
    return new ServiceNotifier(
        Optional.ofNullable(environment.get("NOTIFY_SOCKET")).map(NotifySocket::address),
        interval(environment));
  }

  /** Whether there is a service manager to talk to. */
  public boolean isListening() {
    return address.isPresent();
  }

  /**
   * How often {@link #watchdog()} is due: half of what the unit's WatchdogSec= says, as
   * sd_watchdog_enabled(3) advises; empty when nobody watches.
   */
  public Optional<Duration> watchdogInterval() {
    return watchdogInterval;
  }

  /** The daemon serves; also ends what {@link #reloading()} began. */
  public boolean ready(String status) {
    return send("READY=1\nSTATUS=" + oneLine(status));
  }

  /** One sentence for {@code systemctl status}. */
  public boolean status(String status) {
    return send("STATUS=" + oneLine(status));
  }

  /**
   * The configuration is being read again. The time goes along in the same message, without which a
   * unit of Type=notify-reload waits for ever. It is CLOCK_MONOTONIC, which System.nanoTime is on
   * Linux (OpenJDK, os_posix.cpp: os::javaTimeNanos).
   */
  public boolean reloading() {
    return send("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1_000);
  }

  /** The daemon ends. */
  public boolean stopping(String status) {
    return send("STOPPING=1\nSTATUS=" + oneLine(status));
  }

  /** The daemon's loop still turns. */
  public boolean watchdog() {
    return send("WATCHDOG=1");
  }

  private boolean send(String message) {
    return address.isPresent() && NotifySocket.send(address.get(), message);
  }

  /** A line break would begin another assignment. */
  private static String oneLine(String status) {
    String cut = status.length() > MAX_STATUS ? status.substring(0, MAX_STATUS) : status;
    StringBuilder line = new StringBuilder(cut.length());
    cut.codePoints().forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
    return line.toString();
  }

  private static Optional<Duration> interval(Map<String, String> environment) {
    String pid = environment.get("WATCHDOG_PID");
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    if (pid != null && !pid.equals(Long.toString(ProcessHandle.current().pid()))) {
      return Optional.empty();
    }
    if (!micros.matches("[1-9][0-9]{0,15}")) {
      return Optional.empty();
    }
    long total = 0;
    for (int i = 0; i < micros.length(); i++) {
      total = total * 10 + (micros.charAt(i) - '0');
    }
    return Optional.of(Duration.ofNanos(total * 1_000 / 2));
  }
}
