package io.vxland.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersOfLibvirtTest {
  @ParameterizedTest
  @CsvSource({
    "0, DEFINED",
    "2, STARTED",
    "3, SUSPENDED",
    "4, RESUMED",
    "5, STOPPED",
    "8, CRASHED",
    "9, UNKNOWN",
    "-1, UNKNOWN"
  })
  void domainEventsAreAsInLibvirtDomainH(int number, DomainEvent.Kind kind) {
    assertThat(DomainEvent.Kind.of(number)).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({"0, DEFINED", "1, UNDEFINED", "2, STARTED", "3, STOPPED", "4, UNKNOWN"})
  void networkEventsAreAsInLibvirtNetworkH(int number, NetworkEvent.Kind kind) {
    assertThat(NetworkEvent.Kind.of(number)).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({"1, RUNNING", "3, PAUSED", "5, SHUTOFF", "7, PMSUSPENDED", "8, UNKNOWN"})
  void statesAreAsInLibvirtDomainH(int number, RunningDomain.State state) {
    assertThat(RunningDomain.State.of(number)).isEqualTo(state);
  }

  @Test
  void whatIsNotAsciiReachesLibvirtInAnyCharset() {
    assertThat(NetworkOperations.ascii("<name>gr\u00fcn \ud83d\ude00</name>"))
        .isEqualTo("<name>gr&#252;n &#128512;</name>");
  }
}
