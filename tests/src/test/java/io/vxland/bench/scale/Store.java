package io.vxland.bench.scale;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Txn;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import io.grpc.stub.StreamObserver;
import io.vxland.directory.Entry;
import io.vxland.directory.EntryText;
import io.vxland.directory.Key;
import io.vxland.directory.Write;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ObjLongConsumer;

/** etcd, as all hosts together write it. */
final class Store implements AutoCloseable {
  /** etcd's default for --max-txn-ops. */
  static final int MOST_OPERATIONS = 128;

  private static final int UNDER_WAY = 32;
  private static final long LEASE_SECONDS = 60;
  private static final long LIMIT_SECONDS = 60;

  private final Client client;
  private final String prefix;
  private final long lease;
  private final ScheduledExecutorService again = Executors.newSingleThreadScheduledExecutor();
  private final Semaphore room = new Semaphore(UNDER_WAY);

  Store(String endpoint, String prefix)
      throws InterruptedException, ExecutionException, TimeoutException {
    this.client = Client.builder().endpoints(endpoint).build();
    this.prefix = prefix + Key.SCHEMA + "/";
    this.lease =
        client.getLeaseClient().grant(LEASE_SECONDS).get(LIMIT_SECONDS, TimeUnit.SECONDS).getID();
    keep();
  }

  private void keep() {
    client.getLeaseClient().keepAlive(lease, new Kept());
  }

  /** The hosts outlast an etcd that is restarted, as real ones do that ask again. */
  private final class Kept implements StreamObserver<LeaseKeepAliveResponse> {
    @Override
    public void onNext(LeaseKeepAliveResponse answer) {}

    @Override
    public void onError(Throwable error) {
      ScheduledFuture<?> unused = again.schedule(Store.this::keep, 1, TimeUnit.SECONDS);
    }

    @Override
    public void onCompleted() {
      ScheduledFuture<?> unused = again.schedule(Store.this::keep, 1, TimeUnit.SECONDS);
    }
  }

  private ByteSequence key(Key key) {
    return ByteSequence.from(prefix + key.text(), UTF_8);
  }

  private Op put(Entry entry) {
    PutOption option =
        entry instanceof Entry.Host
            ? PutOption.builder().withLeaseId(lease).build()
            : PutOption.DEFAULT;
    return Op.put(key(entry.key()), ByteSequence.from(EntryText.value(entry)), option);
  }

  /**
   * Stores entries, in transactions of as many as there may be.
   *
   * @param stored is told the revision of each, on other threads
   */
  void fill(Iterator<Entry> entries, ObjLongConsumer<Entry> stored) throws InterruptedException {
    List<Entry> some = new ArrayList<>();
    while (entries.hasNext()) {
      some.add(entries.next());
      if (some.size() == MOST_OPERATIONS || !entries.hasNext()) {
        send(List.copyOf(some), stored);
        some.clear();
      }
    }
    if (!room.tryAcquire(UNDER_WAY, LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("etcd takes too long");
    }
    room.release(UNDER_WAY);
  }

  private void send(List<Entry> entries, ObjLongConsumer<Entry> stored)
      throws InterruptedException {
    if (!room.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("etcd takes too long");
    }
    CompletableFuture<TxnResponse> unused =
        client
            .getKVClient()
            .txn()
            .Then(entries.stream().map(this::put).toArray(Op[]::new))
            .commit()
            .whenComplete(
                (done, failed) -> {
                  if (failed != null) {
                    System.err.println("etcd has refused: " + failed);
                    System.exit(1);
                  }
                  entries.forEach(entry -> stored.accept(entry, revision(done)));
                  room.release();
                });
  }

  /** Writes as a host does; the answer is the revision, 0 if a condition did not hold. */
  CompletableFuture<Long> write(Write write) {
    List<Op> operations = new ArrayList<>();
    write.put().forEach(entry -> operations.add(put(entry)));
    write.deleted().forEach(gone -> operations.add(Op.delete(key(gone), DeleteOption.DEFAULT)));
    Txn txn = client.getKVClient().txn();
    txn.If(
        write.conditions().stream()
            .map(
                condition ->
                    new Cmp(
                        key(condition.key()),
                        Cmp.Op.EQUAL,
                        CmpTarget.modRevision(condition.revision())))
            .toArray(Cmp[]::new));
    return txn.Then(operations.toArray(Op[]::new)).commit().thenApply(Store::revision);
  }

  private static long revision(TxnResponse answer) {
    return answer.isSucceeded() ? answer.getHeader().getRevision() : 0;
  }

  @Override
  public void close() {
    again.shutdownNow();
    client.close();
  }
}
