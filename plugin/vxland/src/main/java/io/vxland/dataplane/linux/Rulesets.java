package io.vxland.dataplane.linux;

import io.vxland.dataplane.DeliveryDriver;
import io.vxland.dataplane.FrameDriver;
import io.vxland.dataplane.GuardListener;
import io.vxland.dataplane.PortFilterDriver;
import io.vxland.dataplane.VtepDriver;

/**
 * What is ours in nftables, in one network namespace.
 *
 * @param deliveries takes frames out of migration tunnels
 * @param losses is told what others have taken away of it, on the thread that reads and applies
 * @param vteps drops tunnelled packets of strangers
 * @param frames treats frames for their size
 * @param filters keeps taps from sending what belongs to others
 */
public record Rulesets(
    DeliveryDriver deliveries,
    GuardListener losses,
    VtepDriver vteps,
    FrameDriver frames,
    PortFilterDriver filters) {
  /** Of a data plane that leaves nftables alone. */
  public static final Rulesets NONE =
      new Rulesets(
          DeliveryDriver.none("this data plane was opened without a way to deliver them"),
          GuardListener.NONE,
          VtepDriver.none(),
          FrameDriver.none(),
          PortFilterDriver.none("this data plane was opened without a way to filter"));

  /** The same with another driver of deliveries, and with whom it tells of losses. */
  public Rulesets with(DeliveryDriver driver, GuardListener listener) {
    return new Rulesets(driver, listener, vteps, frames, filters);
  }

  /** The same with another filter of tunnelled packets. */
  public Rulesets with(VtepDriver filter) {
    return new Rulesets(deliveries, losses, filter, frames, filters);
  }

  /** The same with another driver of what is done to frames. */
  public Rulesets with(FrameDriver driver) {
    return new Rulesets(deliveries, losses, vteps, driver, filters);
  }

  /** The same with another filter of what taps send. */
  public Rulesets with(PortFilterDriver filter) {
    return new Rulesets(deliveries, losses, vteps, frames, filter);
  }
}
