package io.vxland.daemon;

import io.vxland.dataplane.Cutover;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.SwitchCutover;
import io.vxland.model.LocalPort;
import io.vxland.model.Vtep;
import java.util.Optional;

/** Does for each card what its network needs. */
final class CutoverByNetwork implements Cutover {
  private final Cutover kernel;
  private final SwitchCutover switches;

  /** Creates it; both are closed with it. */
  CutoverByNetwork(Cutover kernel, SwitchCutover switches) {
    this.kernel = kernel;
    this.switches = switches;
  }

  private Cutover of(LocalPort card) {
    return switches.isFor(card) ? switches : kernel;
  }

  @Override
  public boolean redirect(LocalPort card) throws DataplaneException {
    return of(card).redirect(card);
  }

  @Override
  public void takeBack(LocalPort card) throws DataplaneException {
    of(card).takeBack(card);
  }

  @Override
  public void receive(LocalPort card) throws DataplaneException {
    of(card).receive(card);
  }

  @Override
  public void prepare(LocalPort card) throws DataplaneException {
    of(card).prepare(card);
  }

  @Override
  public Optional<Vtep> placeOf(LocalPort card) throws DataplaneException {
    return of(card).placeOf(card);
  }

  @Override
  public boolean mustAskFor(LocalPort card) {
    return of(card).mustAskFor(card);
  }

  @Override
  public Optional<Sighting> sighting(LocalPort card) throws DataplaneException {
    return of(card).sighting(card);
  }

  @Override
  public void warmUp() {
    kernel.warmUp();
    switches.warmUp();
  }

  @Override
  public void close() {
    kernel.close();
    switches.close();
  }
}
