package io.vxland.daemon;

import io.vxland.config.Configuration;
import io.vxland.control.ControlPlane;
import io.vxland.control.Layered;
import io.vxland.control.etcd.EtcdControlPlane;
import io.vxland.control.etcd.EtcdSettings;
import io.vxland.control.evpn.EvpnControlPlane;
import io.vxland.control.evpn.EvpnSettings;
import io.vxland.control.fixed.FixedControlPlane;
import io.vxland.model.Knowledge;
import io.vxland.model.Vtep;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * The control plane that the configuration asks for. It becomes another when the configuration or
 * this host's VTEP does; an engine that need not change goes on. Thread-safe.
 */
final class ControlPlanes implements AutoCloseable {
  /** One request's; a connection that is silent for so long is over. */
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private final String hostName;
  private final ControlPlane.Listener listener;
  private volatile ControlPlane current;
  private Configuration configuration;
  private Optional<Vtep> self = Optional.empty();
  private Optional<Engine> engine = Optional.empty();

  /** One that runs, and for what. */
  private record Engine(Record section, Vtep self, ControlPlane plane) {
    boolean isFor(Optional<Wanted> wanted, Optional<Vtep> host) {
      return wanted.map(Wanted::section).equals(Optional.of(section))
          && host.equals(Optional.of(self));
    }
  }

  /**
   * One that the configuration asks for.
   *
   * @param section what it says of it
   * @param start begins with it on a host with this VTEP
   * @param unplaced stands in for it while there is no VTEP
   */
  private record Wanted(
      Record section, Function<Vtep, ControlPlane> start, ControlPlane unplaced) {}

  /**
   * Creates it.
   *
   * @param hostName who this host is, for people
   * @param listener gets to know of news
   */
  ControlPlanes(String hostName, Configuration configuration, ControlPlane.Listener listener) {
    this.hostName = hostName;
    this.listener = listener;
    this.configuration = configuration;
    this.self = configuration.host().address().exact();
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
    Optional<Wanted> wanted =
        configuration.etcd().map(this::wanted).or(() -> configuration.evpn().map(this::wanted));
    if (engine.isPresent() && !engine.get().isFor(wanted, self)) {
      engine.get().plane().close();
      engine = Optional.empty();
    }
    if (engine.isEmpty() && wanted.isPresent() && self.isPresent()) {
      Vtep host = self.get();
      engine =
          Optional.of(new Engine(wanted.get().section(), host, wanted.get().start().apply(host)));
    }
    ControlPlane fixed = new FixedControlPlane(configuration.control().peers());
    current =
        engine
            .<ControlPlane>map(running -> new Layered(fixed, running.plane()))
            .orElse(
                wanted
                    .<ControlPlane>map(other -> new Layered(fixed, other.unplaced()))
                    .orElse(fixed));
  }

  private Wanted wanted(Configuration.Etcd etcd) {
    return new Wanted(
        etcd,
        host ->
            EtcdControlPlane.start(
                settings(etcd),
                new EtcdControlPlane.Identity(host, hostName),
                Duration.ofSeconds(etcd.grace()),
                listener),
        new Unplaced("etcd", Knowledge.NOTHING_YET));
  }

  private Wanted wanted(Configuration.Evpn evpn) {
    return new Wanted(
        evpn,
        host ->
            EvpnControlPlane.start(
                new EvpnSettings(
                    evpn.as(), host, evpn.peers(), evpn.reflector(), evpn.manage(), evpn.vtysh()),
                listener),
        new Unplaced(EvpnControlPlane.MODE, EvpnControlPlane.SILENT));
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
        etcd.vnis(),
        LIMIT);
  }

  @Override
  public synchronized void close() {
    engine.ifPresent(running -> running.plane().close());
    engine = Optional.empty();
  }
}
