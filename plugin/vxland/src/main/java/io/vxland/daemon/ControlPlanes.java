package io.vxland.daemon;

import io.vxland.config.Configuration;
import io.vxland.control.ControlPlane;
import io.vxland.control.Layered;
import io.vxland.control.etcd.EtcdControlPlane;
import io.vxland.control.etcd.EtcdSettings;
import io.vxland.control.fixed.FixedControlPlane;
import io.vxland.model.Vtep;
import java.time.Duration;
import java.util.Optional;

/**
 * The control plane that the configuration asks for. It becomes another when the configuration or
 * this host's VTEP does; an engine that need not change goes on. Thread-safe.
 */
final class ControlPlanes implements AutoCloseable {
  /** One request's; a connection that is silent for so long is over. */
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private final String hostName;
  private final Runnable wake;
  private volatile ControlPlane current;
  private Configuration configuration;
  private Optional<Vtep> self = Optional.empty();
  private Optional<Engine> engine = Optional.empty();

  /** One that runs, and for what. */
  private record Engine(EtcdSettings settings, Vtep self, ControlPlane plane) {
    boolean isFor(Optional<EtcdSettings> wanted, Optional<Vtep> host) {
      return wanted.equals(Optional.of(settings)) && host.equals(Optional.of(self));
    }
  }

  /**
   * Creates it.
   *
   * @param hostName who this host is, for people
   * @param wake called when there is news
   */
  ControlPlanes(String hostName, Configuration configuration, Runnable wake) {
    this.hostName = hostName;
    this.wake = wake;
    this.configuration = configuration;
    this.self = configuration.host().address();
    this.current = new FixedControlPlane(configuration.control().peers());
  }

  ControlPlane current() {
    return current;
  }

  /** Begins with it: an engine connects from now on. */
  synchronized void start() {
    arrange();
  }

  synchronized void configure(Configuration fresh) {
    configuration = fresh;
    arrange();
  }

  /** This host's VTEP is known, or another one. */
  synchronized void placed(Optional<Vtep> vtep) {
    if (vtep.isPresent() && !vtep.equals(self)) {
      self = vtep;
      arrange();
    }
  }

  private void arrange() {
    Optional<EtcdSettings> wanted = configuration.etcd().map(ControlPlanes::settings);
    if (engine.isPresent() && !engine.get().isFor(wanted, self)) {
      engine.get().plane().close();
      engine = Optional.empty();
    }
    if (engine.isEmpty() && wanted.isPresent() && self.isPresent()) {
      EtcdSettings settings = wanted.get();
      Vtep host = self.get();
      engine = Optional.of(new Engine(settings, host, connect(settings, host)));
    }
    ControlPlane fixed = new FixedControlPlane(configuration.control().peers());
    current =
        engine
            .<ControlPlane>map(running -> new Layered(fixed, running.plane()))
            .orElse(wanted.isPresent() ? new Layered(fixed, new Unplaced()) : fixed);
  }

  private ControlPlane connect(EtcdSettings settings, Vtep host) {
    return EtcdControlPlane.start(
        settings,
        new EtcdControlPlane.Identity(host, hostName),
        Duration.ofSeconds(configuration.etcd().orElseThrow().grace()),
        wake);
  }

  private static EtcdSettings settings(Configuration.Etcd etcd) {
    return new EtcdSettings(
        etcd.endpoints(),
        etcd.prefix(),
        etcd.ca()
            .map(
                authority ->
                    new EtcdSettings.Tls(
                        authority,
                        etcd.certificate().map(Configuration.Etcd.Certificate::chain),
                        etcd.certificate().map(Configuration.Etcd.Certificate::key))),
        etcd.login().map(login -> new EtcdSettings.Login(login.user(), login.passwordFile())),
        Duration.ofSeconds(etcd.lease()),
        LIMIT);
  }

  @Override
  public synchronized void close() {
    engine.ifPresent(running -> running.plane().close());
    engine = Optional.empty();
  }
}
