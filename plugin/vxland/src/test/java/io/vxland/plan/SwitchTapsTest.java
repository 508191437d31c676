package io.vxland.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.ActualState.Kind;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tap is a device of the kernel, also one that is plugged into a switch. */
class SwitchTapsTest {
  private static final Vni VNI = new Vni(5001);
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");
  private static final InterfaceName BRIDGE = new InterfaceName("br-extun");
  private static final InterfaceName TAP = new InterfaceName("vnet0");

  private final FakeKernel kernel = new FakeKernel();

  private static Inputs inputs(Handover... handovers) {
    return new Inputs(
        Optional.of(Vtep.parse("10.99.0.1")),
        Optional.of(new Inputs.Underlay(new InterfaceName("eth0"), 1500)),
        Set.of(
            new Network(
                new NetworkName("ovs-tun"),
                VNI,
                Optional.of(BRIDGE),
                Template.OVS_TUN,
                Network.Origin.LIBVIRT,
                OverlayOptions.DEFAULTS.clamping(false))),
        Set.of(
            new LocalPort(
                new UUID(0, 1),
                "vm",
                MAC,
                VNI,
                BRIDGE,
                Optional.of(TAP),
                Optional.empty(),
                LocalPort.State.HERE)),
        new Knowledge(true, Map.of(VNI, new TreeSet<>(Set.of(Vtep.parse("10.99.0.2")))), Map.of()),
        new HashSet<>(Arrays.asList(handovers)));
  }

  private Plan plan(Handover... handovers) {
    return Planner.plan(Desire.of(inputs(handovers)), kernel.read(), true);
  }

  private static Handover delivery(boolean arrived) {
    return new Handover.Delivery(VNI, MAC, TAP, arrived);
  }

  /** The kernel's module makes taps ports of its own device, the userspace datapath does not. */
  @ParameterizedTest
  @ValueSource(strings = {"", "ovs-system"})
  void framesWaitForAVmThatComesAndTheQueueIsRestored(String master) {
    kernel.foreign("ovs-system", new Kind.Other(), "");
    kernel.foreign("vnet0", new Kind.Other(), master);
    assertThat(plan().changes()).isEmpty();
    assertThat(plan(delivery(false)).changes())
        .containsExactly(new Change.SetQueueLength(TAP, 21_000));
    kernel.apply(plan(delivery(false)));
    assertThat(plan(delivery(false)).changes()).isEmpty();
    assertThat(plan(delivery(true)).changes()).as("frames may wait still").isEmpty();
    assertThat(plan().changes()).containsExactly(new Change.SetQueueLength(TAP, 1000));
  }

  @Test
  void aBridgeOfThatNameIsNoTap() {
    kernel.foreign("vnet0", new Kind.Bridge(true), "");
    assertThat(plan(delivery(false)).changes()).isEmpty();
  }

  @Test
  void aTapThatIsGoneIsNotTouched() {
    assertThat(plan(delivery(false)).changes()).isEmpty();
  }
}
