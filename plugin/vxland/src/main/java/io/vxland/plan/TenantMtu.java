package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.Mtu;
import io.vxland.model.Network;
import io.vxland.model.TunnelType;
import io.vxland.model.Vtep;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What a network's MTU is: what the underlay leaves, or what its administrator says. */
public final class TenantMtu {
  private TenantMtu() {}

  /**
   * Computes it.
   *
   * @param problems gets to know of one that does not fit; it is taken all the same
   * @throws io.vxland.model.InvalidValueException if the underlay leaves less than 576 bytes
   */
  public static Mtu of(
      Network network,
      TunnelType tunnel,
      Inputs.Underlay underlay,
      Vtep local,
      Consumer<Problem> problems) {
    Mtu most = new Mtu(underlay.mtu()).inside(tunnel, local.address().family());
    Mtu mtu = network.options().mtu().orElse(most);
    if (mtu.compareTo(most) > 0) {
      problems.accept(
          new Problem(
              "network '" + network.name() + "'",
              "MTU "
                  + mtu
                  + " does not fit: "
                  + names(underlay)
                  + " has "
                  + underlay.mtu()
                  + ", which leaves "
                  + most
                  + "; larger frames are lost"));
    }
    return mtu;
  }

  private static String names(Inputs.Underlay underlay) {
    return underlay.outlets().isEmpty()
        ? underlay.device().value()
        : underlay.outlets().stream().map(InterfaceName::value).collect(Collectors.joining(" or "));
  }
}
