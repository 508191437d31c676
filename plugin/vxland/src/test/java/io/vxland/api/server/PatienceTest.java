package io.vxland.api.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatienceTest {
  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final String HOOK =
      "POST /v1/hooks/qemu/start HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n";

  /** Two lengths at once: what request smuggling is made of (RFC 9112, section 6.1). */
  private static final String BOTH =
      """
      POST /v1/hooks/qemu/start HTTP/1.1\r
      Host: x\r
      Content-Length: 3\r
      Transfer-Encoding: chunked\r
      \r
      """;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\0",
        "GARBAGE\r\n\r\n",
        "GET /v1/version",
        "GET /v1/version HTTP/1.1\r\nHost: x\r\n",
        "GET /v1/version HTTP/9.9\r\n\r\n",
        "POST /v1/hooks/qemu/start HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        BOTH + "0\r\n\r\n",
        "POST /v1/hooks/qemu/start HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        HOOK + "<d",
      })
  void whatBreaksOffIsNoEventAndLeavesNothing(String bytes) throws Exception {
    try (ServerFixture fixture = ServerFixture.in(directory)) {
      try (RawCaller caller = new RawCaller(fixture.socket)) {
        String answer =
            assertTimeoutPreemptively(BOUND, () -> caller.send(bytes).endSending().readAll());
        assertThat(answer).doesNotContain(" 200 ", "Exception");
      }
      assertThat(fixture.operations.calledHooks()).isEmpty();
      assertThat(fixture.bugs).isEmpty();
      assertThat(fixture.curl().get("/v1/version").status()).isEqualTo(200);
    }
  }

  @Test
  void whoStopsInTheMiddleIsCutOff() throws Exception {
    try (ServerFixture fixture = ServerFixture.patient(directory, 200, 60_000);
        RawCaller caller = new RawCaller(fixture.socket)) {
      String answer = assertTimeoutPreemptively(BOUND, () -> caller.send(HOOK + "<d").readAll());
      assertThat(answer).startsWith("HTTP/1.1 408 ").contains("did not arrive in time");
      assertThat(fixture.operations.calledHooks()).isEmpty();
    }
  }

  @Test
  void whoOnlyConnectsIsCutOff() throws Exception {
    try (ServerFixture fixture = ServerFixture.patient(directory, 200, 60_000);
        RawCaller caller = new RawCaller(fixture.socket)) {
      assertThat(assertTimeoutPreemptively(BOUND, caller::readAll)).doesNotContain(" 200 ");
    }
  }

  @Test
  void whoSendsOneByteAtATimeIsCutOffInTheEnd() throws Exception {
    try (ServerFixture fixture = ServerFixture.patient(directory, 120_000, 300);
        RawCaller caller = new RawCaller(fixture.socket)) {
      assertThat(assertTimeoutPreemptively(BOUND, () -> caller.send("GET /v").readAll()))
          .doesNotContain(" 200 ");
    }
  }

  @Test
  void manyWhoHangDoNotKeepHooksWaiting() throws Exception {
    try (ServerFixture fixture = ServerFixture.in(directory)) {
      List<RawCaller> hanging = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        hanging.add(new RawCaller(fixture.socket).send(HOOK + "<d"));
      }
      assertThat(fixture.curl().post("/v1/hooks/qemu/started", "<d/>".getBytes(UTF_8)).status())
          .isEqualTo(200);
      for (RawCaller caller : hanging) {
        caller.close();
      }
    }
  }

  @Test
  void allHooksOfAHostAtOnceAreAnswered() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(400);
    try (ServerFixture fixture = ServerFixture.in(directory)) {
      Callable<String> hook =
          () -> {
            try (RawCaller caller = new RawCaller(fixture.socket)) {
              return caller.send(HOOK + "<d>").readAll();
            }
          };
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        answers.add(callers.submit(hook));
      }
      for (Future<String> answer : answers) {
        assertThat(assertTimeoutPreemptively(BOUND, () -> answer.get()))
            .startsWith("HTTP/1.1 200 ")
            .endsWith("ok\n");
      }
      assertThat(fixture.operations.calledHooks()).hasSize(400);
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void thoseWhoMayOnlyReadHaveAFewConnections() throws Exception {
    List<RawCaller> hanging = new ArrayList<>();
    try (ServerFixture fixture = ServerFixture.forReaders(directory)) {
      for (int i = 0; i < Connections.MAX_READERS + 1; i++) {
        hanging.add(new RawCaller(fixture.socket).send("GET /v1/ver"));
      }
      await().atMost(BOUND).until(() -> hanging.stream().filter(RawCaller::isCutOff).count() == 1);
      String rest = "sion HTTP/1.1\r\nHost: x\r\n\r\n";
      for (RawCaller caller : hanging) {
        if (!caller.isCutOff()) {
          assertThat(assertTimeoutPreemptively(BOUND, () -> caller.send(rest).readAll()))
              .startsWith("HTTP/1.1 200 ");
        }
        caller.close();
      }
      await()
          .atMost(BOUND)
          .untilAsserted(
              () -> assertThat(fixture.curl().get("/v1/version").status()).isEqualTo(200));
    } finally {
      for (RawCaller caller : hanging) {
        caller.close();
      }
    }
  }

  private static void assertHooksAreAnswered(ServerFixture fixture) {
    for (int i = 0; i < 20; i++) {
      assertThat(
              assertTimeoutPreemptively(
                      BOUND,
                      () -> fixture.curl().post("/v1/hooks/qemu/started", "<d/>".getBytes(UTF_8)))
                  .status())
          .isEqualTo(200);
    }
  }

  @Test
  void hooksAreAnsweredWhileManyReadersWaitForTheDaemon() throws Exception {
    CountDownLatch planned = new CountDownLatch(1);
    List<RawCaller> readers = new ArrayList<>();
    try (ServerFixture fixture = ServerFixture.in(directory)) {
      fixture.operations.planNotBefore(planned);
      for (int i = 0; i < 40; i++) {
        readers.add(new RawCaller(fixture.socket).send("GET /v1/plan HTTP/1.1\r\nHost: x\r\n\r\n"));
      }
      assertHooksAreAnswered(fixture);
      planned.countDown();
      for (RawCaller reader : readers) {
        assertThat(assertTimeoutPreemptively(BOUND, reader::readAll)).startsWith("HTTP/1.1 200 ");
      }
    } finally {
      planned.countDown();
      for (RawCaller reader : readers) {
        reader.close();
      }
    }
  }

  @Test
  void moreReadersThanCanWaitAreToldToComeAgain() throws Exception {
    CountDownLatch planned = new CountDownLatch(1);
    ExecutorService callers = Executors.newFixedThreadPool(400);
    try (ServerFixture fixture = ServerFixture.in(directory)) {
      fixture.operations.planNotBefore(planned);
      Callable<String> read =
          () -> {
            try (RawCaller reader = new RawCaller(fixture.socket)) {
              return reader.send("GET /v1/plan HTTP/1.1\r\nHost: x\r\n\r\n").readAll();
            }
          };
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        answers.add(callers.submit(read));
      }
      await().atMost(BOUND).until(() -> answers.stream().anyMatch(Future::isDone));
      planned.countDown();
      List<String> all = new ArrayList<>();
      for (Future<String> answer : answers) {
        all.add(assertTimeoutPreemptively(BOUND, () -> answer.get()));
      }
      assertThat(all)
          .anyMatch(answer -> answer.startsWith("HTTP/1.1 200 "))
          .anyMatch(
              answer ->
                  answer.startsWith("HTTP/1.1 503 ")
                      && answer.contains("too many requests at one time; try again"))
          .allMatch(answer -> answer.startsWith("HTTP/1.1 "));
    } finally {
      planned.countDown();
      callers.shutdownNow();
    }
  }

  @Test
  void readersWhoDoNotTakeTheirAnswersDoNotKeepHooksWaiting() throws Exception {
    List<RawCaller> readers = new ArrayList<>();
    try (ServerFixture fixture = ServerFixture.in(directory)) {
      fixture.operations.grow(5_000);
      for (int i = 0; i < 20; i++) {
        readers.add(
            new RawCaller(fixture.socket).send("GET /v1/ports HTTP/1.1\r\nHost: x\r\n\r\n"));
      }
      assertHooksAreAnswered(fixture);
    } finally {
      for (RawCaller reader : readers) {
        reader.close();
      }
    }
  }

  @Test
  void atItsEndNobodyIsLeftWithoutAnAnswer() throws Exception {
    List<RawCaller> readers = new ArrayList<>();
    try {
      try (ServerFixture fixture = ServerFixture.in(directory)) {
        fixture.operations.planNotBefore(new CountDownLatch(1));
        for (int i = 0; i < 20; i++) {
          readers.add(
              new RawCaller(fixture.socket).send("GET /v1/plan HTTP/1.1\r\nHost: x\r\n\r\n"));
        }
        // They have come in before this one.
        assertHooksAreAnswered(fixture);
      }
      for (RawCaller reader : readers) {
        assertThat(assertTimeoutPreemptively(BOUND, reader::readAll)).startsWith("HTTP/1.1 ");
      }
    } finally {
      for (RawCaller reader : readers) {
        reader.close();
      }
    }
  }
}
