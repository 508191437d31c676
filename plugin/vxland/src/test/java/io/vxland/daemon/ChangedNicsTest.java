package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.api.HookEvent;
import io.vxland.model.InterfaceName;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NICs that come, go and change while their VM runs, as hooks tell of them. */
class ChangedNicsTest extends HookScene {
  @Test
  void aCardThatIsPluggedIntoARunningVmIsKnownAtOnceAndItsTapIsAskedForIfNobodyTellsIt() {
    network("start", "blue", "5001", "br5001");
    network("port-created", "blue", "5001", "br5001", networkPort(VM, MAC));
    assertThat(ports()).singleElement().matches(port -> port.tap().isEmpty());
    assertThat(looked).isEmpty();
    later.forEach(Runnable::run);
    assertThat(looked).containsExactly(UUID.fromString(VM));
    network("port-deleted", "blue", "5001", "br5001", networkPort(VM, MAC));
    assertThat(ports()).isEmpty();
  }

  @Test
  void aVmThatHasToldItsTapsWhenItStartedIsNotAskedAbout() {
    network("start", "blue", "5001", "br5001");
    network("port-created", "blue", "5001", "br5001", networkPort(VM, MAC));
    hooks.handle(event(HookEvent.Driver.QEMU, "start", running("blue", ID, "vnet0")));
    later.forEach(Runnable::run);
    assertThat(looked).isEmpty();
  }

  private void startVm() {
    network("start", "blue", "5001", "br5001");
    network("start", "red", "6001", "br6001");
    network("port-created", "blue", "5001", "br5001", networkPort(VM, MAC, ID));
    hooks.handle(event(HookEvent.Driver.QEMU, "start", running("blue", ID, "vnet0")));
  }

  private void created(String network, String vni, String id) {
    network("port-created", network, vni, "br" + vni, networkPort(VM, MAC, id));
  }

  private void deleted(String network, String vni, String id) {
    network("port-deleted", network, vni, "br" + vni, networkPort(VM, MAC, id));
  }

  /** A port that takes the place of another, in whichever order libvirt tells of the two. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNicWhosePortIsReplacedInItsNetworkStaysAndIsLookedAt(boolean createdFirst) {
    startVm();
    if (createdFirst) {
      created("blue", "5001", NEW_ID);
      deleted("blue", "5001", ID);
    } else {
      deleted("blue", "5001", ID);
      created("blue", "5001", NEW_ID);
    }
    assertThat(ports())
        .singleElement()
        .matches(port -> port.tap().equals(Optional.of(new InterfaceName("vnet0"))));
    assertThat(looked).containsExactly(UUID.fromString(VM));
    deleted("blue", "5001", ID);
    assertThat(ports()).hasSize(1);
  }

  /** virsh domif-setlink of libvirt 9.0 leaves the NIC on its bridge, and no port. */
  @Test
  void aNicWhosePortIsDeletedIsNotWithdrawnBeforeLibvirtSaysThatItIsGone() {
    startVm();
    deleted("blue", "5001", ID);
    assertThat(ports()).singleElement().matches(port -> port.portId().isEmpty());
    assertThat(looked).containsExactly(UUID.fromString(VM));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNicThatMovesToAnotherNetworkIsAnnouncedThereWhateverComesFirst(boolean createdFirst) {
    startVm();
    if (createdFirst) {
      created("red", "6001", NEW_ID);
      deleted("blue", "5001", ID);
    } else {
      deleted("blue", "5001", ID);
      created("red", "6001", NEW_ID);
    }
    assertThat(ports()).extracting(port -> port.vni().value()).containsExactly(5001, 6001);
    // The move has failed, or libvirt has taken it back.
    deleted("red", "6001", NEW_ID);
    assertThat(ports()).extracting(port -> port.vni().value()).containsExactly(5001);
    assertThat(ports()).allMatch(port -> port.tap().isPresent());
  }
}
