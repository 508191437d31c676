package io.vxland.tests.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.ovsdb.Monitor;
import io.vxland.ovsdb.Mutation;
import io.vxland.ovsdb.Operation;
import io.vxland.ovsdb.RowUpdate;
import io.vxland.ovsdb.Snapshot;
import io.vxland.ovsdb.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class MonitorsTest extends WithServer {
  @Test
  void aMonitorTellsWhatOthersDo() throws Exception {
    connection.transact(Changes.bridge(BRIDGE), LIMIT);
    Monitor monitor =
        connection.monitor(
            List.of(Watch.of("Port", "name", "tag", "external_ids"), Watch.of("Bridge", "ports")),
            LIMIT);
    assertThat(monitor.initial().table("Port")).hasSize(1);

    BlockingQueue<RowUpdate> heard = new LinkedBlockingQueue<>();
    AtomicReference<Snapshot> now = new AtomicReference<>(monitor.initial());
    server.vsctl("add-port", BRIDGE, "early", "--", "set", "Interface", "early", "type=internal");
    monitor.deliverTo(
        update -> {
          now.set(now.get().after(update));
          heard.addAll(update.rows().stream().filter(row -> row.table().equals("Port")).toList());
        });
    RowUpdate.Inserted early = (RowUpdate.Inserted) heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(early.now().text("name")).isEqualTo("early");
    assertThat(early.now().optionalInteger("tag")).isEmpty();

    server.vsctl("set", "Port", "early", "tag=5", "external_ids:vxland=port");
    RowUpdate.Modified tagged =
        (RowUpdate.Modified) heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(tagged.uuid()).isEqualTo(early.uuid());
    assertThat(tagged.before().optionalInteger("tag")).isEmpty();
    assertThat(tagged.now().integer("tag")).isEqualTo(5);
    assertThat(tagged.now().textMap("external_ids")).isEqualTo(Map.of("vxland", "port"));
    assertThat(now.get().table("Port").get(early.uuid())).isEqualTo(tagged.now());

    server.vsctl("del-port", BRIDGE, "early");
    assertThat(heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
        .isEqualTo(new RowUpdate.Deleted("Port", early.uuid(), tagged.now()));
    assertThat(now.get()).isEqualTo(monitor.initial());

    monitor.cancel(LIMIT);
    server.vsctl("add-port", BRIDGE, "unheard");
    connection.echo(LIMIT);
    assertThat(heard).isEmpty();
  }

  @Test
  void aThousandTunnelsComeInOneCommitAndInOneUpdate() throws Exception {
    connection.transact(Changes.bridge(BRIDGE), LIMIT);
    Monitor monitor = connection.monitor(List.of(Watch.of("Interface", "name", "options")), LIMIT);
    BlockingQueue<Snapshot> heard = new LinkedBlockingQueue<>();
    monitor.deliverTo(update -> heard.add(monitor.initial().after(update)));

    connection.transact(Changes.tunnels(BRIDGE, 0, 1000), LIMIT);
    Snapshot after = heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(after.table("Interface")).hasSize(1001);
    assertThat(
            connection.monitor(List.of(Watch.of("Interface", "name", "options")), LIMIT).initial())
        .isEqualTo(after);
    assertThat(server.vsctl("list-ports", BRIDGE).lines()).hasSize(1000);
    assertThat(server.vsctl("get", "Interface", "tun-vxlan999", "options"))
        .isEqualTo("{key=\"5999\", remote_ip=\"10.99.3.231\"}");
    assertThat(connection.transact(List.of(ports()), LIMIT).rows(0)).hasSize(1001);
  }

  @Test
  void manyThreadsShareAConnectionAndItsMonitorSeesTheirCommitsInOrder() throws Exception {
    int threads = 8;
    int each = 50;
    Monitor monitor = connection.monitor(List.of(Watch.of("Open_vSwitch", "next_cfg")), LIMIT);
    BlockingQueue<Long> heard = new LinkedBlockingQueue<>();
    monitor.deliverTo(
        update -> heard.add(((RowUpdate.Modified) update.rows().get(0)).now().integer("next_cfg")));
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Future<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(
          pool.submit(
              () -> {
                for (int j = 0; j < each; j++) {
                  connection.transact(
                      List.of(
                          new Operation.Mutate(
                              "Open_vSwitch", List.of(), List.of(Mutation.add("next_cfg", 1)))),
                      LIMIT);
                }
                return true;
              }));
    }
    for (Future<Boolean> one : all) {
      assertThat(one.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
    pool.shutdown();
    assertThat(server.vsctl("get", "Open_vSwitch", ".", "next_cfg")).isEqualTo("400");
    Awaitility.await().atMost(LIMIT).until(() -> heard.contains(400L));
    assertThat(new ArrayList<>(heard)).isSorted().doesNotHaveDuplicates();
  }
}
