package io.vxland.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LocalPortTest {
  private static final IpAddress ADDRESS = IpAddress.parse("10.0.0.7");

  private static LocalPort port(boolean named) {
    return new LocalPort(
        new UUID(0, 1),
        "web",
        MacAddress.parse("52:54:00:00:00:01"),
        new Vni(5001),
        new InterfaceName("br5001"),
        Optional.of(new InterfaceName("vnet0")),
        Optional.of(new UUID(0, 2)),
        LocalPort.State.HERE,
        List.of(ADDRESS),
        named,
        OptionalInt.of(1450),
        new Allowance(Optional.of(PortSecurity.STRICT), Set.of(), Set.of(), true, false),
        Barriers.NONE,
        true);
  }

  private static Stream<UnaryOperator<LocalPort>> changes() {
    return Stream.of(
        port -> port.by(Optional.of(new UUID(0, 3))),
        port -> port.by(Optional.empty()),
        port -> port.in(LocalPort.State.LEAVING),
        port -> port.on(Optional.empty()),
        port -> port.linked(false));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void whatIsChangedAtAPortLeavesTheRest(UnaryOperator<LocalPort> change) {
    for (LocalPort port : List.of(port(true), port(false))) {
      assertThat(change.apply(port).by(port.portId()).in(port.state()).on(port.tap()).linked(true))
          .isEqualTo(port);
    }
  }
}
