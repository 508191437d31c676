package io.vxland.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MonitorTest extends WithPeer {
  private Monitor monitor() throws Exception {
    CompletableFuture<Monitor> opening =
        later(() -> connection.monitor(List.of(Watch.of("Port", "name")), LIMIT));
    JsonNode request = peer.request("monitor");
    assertThat(request.path("params").path(1).asText()).isEqualTo("monitor2");
    peer.answer(request, "{}");
    return opening.get(20, TimeUnit.SECONDS);
  }

  private void sendPort(String name) throws Exception {
    peer.send(
        "{'method':'update','id':null,'params':['monitor2',{'Port':"
            + "{'36bef046-7da7-43a5-905a-c17899216fcb':{'new':{'name':'"
            + name
            + "'}}}}]}");
  }

  private static String name(Update update) throws OvsdbException {
    return ((RowUpdate.Inserted) update.rows().get(0)).now().text("name");
  }

  @Test
  void updatesBeforeTheListenerAndBeforeTheEndAreDelivered() throws Exception {
    Monitor monitor = monitor();
    sendPort("early");
    connectionIsThrough();
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    monitor.deliverTo(
        update -> heard.add(name(update) + " on " + Thread.currentThread().getName()));
    sendPort("late");
    peer.send("rubbish ");
    assertThat(end()).contains("Unexpected character ('r'");
    assertThat(heard).containsExactly("early on ovsdb-delivery", "late on ovsdb-delivery");
    assertThat(ends).isEmpty();
  }

  /** All that was sent before has been taken. */
  private void connectionIsThrough() throws Exception {
    peer.send("{'method':'echo','params':[],'id':'through'}");
    assertThat(peer.reply().get("id").asText()).isEqualTo("through");
  }

  @Test
  void aListenerMayMakeTransactions() throws Exception {
    Monitor monitor = monitor();
    CompletableFuture<Results> made = new CompletableFuture<>();
    monitor.deliverTo(update -> made.complete(connection.transact(COMMENT, LIMIT)));
    sendPort("p");
    peer.answer(peer.request("transact"), "[{}]");
    assertThat(made.get(20, TimeUnit.SECONDS).all()).hasSize(1);
  }

  @Test
  void aListenerThatFailsEndsTheConnection() throws Exception {
    Monitor monitor = monitor();
    monitor.deliverTo(
        update -> {
          throw new IllegalStateException("cannot do " + name(update));
        });
    sendPort("p");
    assertThat(end()).isEqualTo("a listener failed: java.lang.IllegalStateException: cannot do p");
  }

  @Test
  void aCancelledMonitorIsSilentAndThenUnknown() throws Exception {
    Monitor monitor = monitor();
    List<Update> heard = Collections.synchronizedList(new ArrayList<>());
    monitor.deliverTo(heard::add);
    CompletableFuture<Boolean> cancelling =
        later(
            () -> {
              monitor.cancel(LIMIT);
              return true;
            });
    JsonNode request = peer.request("monitor_cancel");
    sendPort("p");
    peer.answer(request, "{}");
    assertThat(cancelling.get(20, TimeUnit.SECONDS)).isTrue();
    sendPort("q");
    assertThat(end()).contains("an update of an unknown monitor: 'monitor2'");
    assertThat(heard).isEmpty();
  }

  @Test
  void aMonitorWhoseCallerWaitsNoLongerIsCancelled() throws Exception {
    assertThatThrownBy(
            () -> connection.monitor(List.of(Watch.of("Port", "name")), Duration.ofMillis(300)))
        .isInstanceOf(OvsdbException.class)
        .hasMessageContaining("monitor Port: no answer");
    JsonNode monitor = peer.request("monitor");
    JsonNode cancel = peer.request("monitor_cancel");
    assertThat(cancel.path("params").path(0)).isEqualTo(monitor.path("params").path(1));
    peer.answer(monitor, "{}");
    sendPort("p");
    peer.answer(cancel, "{}");
    connectionIsThrough();
    assertThat(connection.end()).isEmpty();
  }

  @Test
  void updatesThatNobodyTakesEndTheConnectionAtALimit() throws Exception {
    Monitor monitor = monitor();
    assertThat(monitor.initial().table("Port")).isEmpty();
    String big = "x".repeat(8 << 20);
    for (int i = 0; i < 8; i++) {
      sendPort(big);
    }
    assertThat(end())
        .isEqualTo(
            "its updates came faster than they were taken: more than 67108864 bytes of them wait");
  }
}
