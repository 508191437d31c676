package io.vxland.netlink4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vxland.netlink4j.codec.Rtm;
import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.Errno;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.NetlinkException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Interrupted dumps, strangers' answers, losses and refusals. */
class BadDaysTest {
  private static final FdbEntry ENTRY = entry(1);

  private final FakeKernel kernel = new FakeKernel();
  private final RtnetlinkConnection connection = kernel.connection();

  private static FdbEntry entry(int last) {
    return FdbEntry.remote(3, LinkAddress.mac(last), IpAddress.parse("10.0.0.2"));
  }

  @Test
  void anInterruptedDumpIsMadeAnewAndItsEntriesForgotten() throws NetlinkException {
    kernel.reacts(
        (request, k) -> {
          int sequence = request.sequence();
          boolean first = k.requests().size() == 1;
          k.entry(entry(first ? 1 : 2), 0, sequence, FakeKernel.PORT_ID);
          k.done(first ? Rtm.NLM_F_DUMP_INTR : 0, sequence);
        });
    assertThat(connection.fdb()).containsExactly(entry(2));
    assertThat(kernel.requests()).hasSize(2);
  }

  @Test
  void aDumpThatIsAlwaysInterruptedIsReported() {
    kernel.reacts((request, k) -> k.done(Rtm.NLM_F_DUMP_INTR, request.sequence()));
    NetlinkException error = catchThrowableOfType(NetlinkException.class, connection::fdb);
    assertThat(error.errnoName()).isEqualTo("EINTR");
    assertThat(error.operation()).isEqualTo("dump FDB entries");
    assertThat(kernel.requests()).hasSize(8);
  }

  @Test
  void answersToOthersAndToEarlierRequestsArePassedOver() throws NetlinkException {
    kernel.reacts(
        (request, k) -> {
          int sequence = request.sequence();
          k.entry(entry(7), 0, sequence - 1, FakeKernel.PORT_ID);
          k.done(0, sequence - 1);
          k.entry(entry(8), 0, sequence, FakeKernel.PORT_ID + 1);
          k.entry(ENTRY, 0, sequence, FakeKernel.PORT_ID);
          k.done(0, sequence);
        });
    assertThat(connection.fdb()).containsExactly(ENTRY);
  }

  @Test
  void silenceEndsWithATimeout() {
    NetlinkException error =
        catchThrowableOfType(NetlinkException.class, () -> connection.apply(Change.create(ENTRY)));
    assertThat(error.errnoName()).isEqualTo("ETIMEDOUT");
    assertThat(error.kernelText()).contains("50 ms");
  }

  @Test
  void aLossOfAnswersSaysThatTheOutcomeIsNotKnown() {
    kernel.reacts((request, k) -> k.fail(Errno.ENOBUFS));
    assertThatThrownBy(() -> connection.apply(List.of(Change.create(ENTRY))))
        .isInstanceOf(NetlinkException.class)
        .hasMessageContaining("ENOBUFS")
        .hasMessageContaining("read it again");
  }

  @Test
  void aSinksFailureComesThroughAfterTheDumpWasReadToItsEnd() throws NetlinkException {
    kernel.reacts(
        (request, k) -> {
          k.entry(ENTRY, 0, request.sequence(), FakeKernel.PORT_ID);
          k.entry(ENTRY, 0, request.sequence(), FakeKernel.PORT_ID);
          k.done(0, request.sequence());
        });
    DumpSink<FdbEntry> failing =
        new DumpSink<>() {
          @Override
          public void begin() {}

          @Override
          public void accept(FdbEntry entry) {
            throw new IllegalStateException("sink");
          }
        };
    assertThatThrownBy(() -> connection.dumpFdb(failing)).hasMessage("sink");
    assertThat(connection.fdb()).hasSize(2);
  }

  @Test
  void aRefusedMessageOfABatchIsNamedWithTheKernelsWords() throws NetlinkException {
    List<Change> changes = new ArrayList<>(Collections.nCopies(600, Change.create(ENTRY)));
    Change bad = Change.replace(entry(5));
    changes.set(300, bad);
    kernel.reacts(
        (request, k) -> {
          if (k.requests().size() == 301) {
            k.acknowledge(Errno.EINVAL, "Unknown device", request.sequence());
          }
          if ((request.flags() & Rtm.NLM_F_ACK) != 0) {
            k.acknowledge(0, "", request.sequence());
          }
        });
    BatchOutcome outcome = connection.apply(changes);
    assertThat(outcome.count()).isEqualTo(600);
    assertThat(outcome.failures()).hasSize(1);
    Failure failure = outcome.failures().get(0);
    assertThat(failure.index()).isEqualTo(300);
    assertThat(failure.change()).isSameAs(bad);
    assertThat(failure.error().kernelText()).isEqualTo("Unknown device");
    assertThat(failure.error().offset()).isEqualTo(20);
    assertThatThrownBy(outcome::orThrow).hasMessageContaining("(300): EINVAL (Unknown device)");
  }

  @Test
  void onlyTheLastOfASendAsksForAnAcknowledgement() throws NetlinkException {
    List<Integer> asked = new ArrayList<>();
    kernel.reacts(
        (request, k) -> {
          if ((request.flags() & Rtm.NLM_F_ACK) != 0) {
            asked.add(k.requests().size());
            k.acknowledge(0, "", request.sequence());
          }
        });
    assertThat(connection.apply(Collections.nCopies(600, Change.create(ENTRY))).isSuccess())
        .isTrue();
    assertThat(asked).containsExactly(256, 512, 600);
  }

  @Test
  void withoutTheKernelsFilterADumpIsFilteredHere() throws NetlinkException {
    kernel.reacts(
        (request, k) -> {
          k.entry(ENTRY, 0, request.sequence(), FakeKernel.PORT_ID);
          k.entry(
              FdbEntry.remote(4, LinkAddress.mac(9), IpAddress.v4(1)),
              0,
              request.sequence(),
              FakeKernel.PORT_ID);
          k.done(0, request.sequence());
        });
    assertThat(connection.fdb(3)).containsExactly(ENTRY);
  }
}
