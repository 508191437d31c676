package io.vxland.control;

import io.vxland.model.Knowledge;
import io.vxland.model.Network;
import io.vxland.model.Presence;
import io.vxland.model.Vtep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Two control planes at once: what one of them knows counts. It is named after the second, which is
 * the richer one.
 *
 * @param base what is known without anybody's help
 * @param engine what others tell
 */
public record Layered(ControlPlane base, ControlPlane engine) implements ControlPlane {
  @Override
  public String mode() {
    return engine.mode();
  }

  @Override
  public Knowledge knowledge(Collection<Network> networks) {
    return base.knowledge(networks).and(engine.knowledge(networks));
  }

  /** What the engine says comes last. */
  @Override
  public List<Said> said(Collection<Network> networks) {
    List<Said> said = new ArrayList<>(base.said(networks));
    said.addAll(engine.said(networks));
    return said;
  }

  @Override
  public void publish(Presence presence) {
    base.publish(presence);
    engine.publish(presence);
  }

  @Override
  public boolean isCurrent() {
    return base.isCurrent() && engine.isCurrent();
  }

  @Override
  public Optional<Duration> silence() {
    return engine.silence();
  }

  /** Of a host that both know the engine knows more. */
  @Override
  public List<Host> hosts() {
    Map<Vtep, Host> hosts = new TreeMap<>();
    base.hosts().forEach(host -> hosts.put(host.vtep(), host));
    engine.hosts().forEach(host -> hosts.put(host.vtep(), host));
    return List.copyOf(hosts.values());
  }

  @Override
  public List<Trouble> troubles() {
    List<Trouble> troubles = new ArrayList<>(base.troubles());
    troubles.addAll(engine.troubles());
    return troubles;
  }

  @Override
  public Optional<NetworkRegistry> registry() {
    return engine.registry();
  }

  @Override
  public void close() {
    base.close();
    engine.close();
  }
}
