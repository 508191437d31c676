package io.vxland.control.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Txn;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.vxland.directory.Entry;
import io.vxland.directory.EntryText;
import io.vxland.directory.Key;
import io.vxland.directory.Write;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * etcd's part of the store, under one prefix. A connection is made at the first request. Requests
 * are for one thread; what is watched comes on threads of the client's.
 */
final class EtcdStore implements AutoCloseable {
  /**
   * Keys in one answer. For each, etcd goes through all keys that are left, to count them: many
   * small ones of a large store are its work in the square.
   */
  private static final int PAGE = 20_000;

  /** The largest answer, in bytes; a key and its value have some 200. */
  private static final int MAX_ANSWER = 32 << 20;

  private static final long MAX_PASSWORD_FILE = 4_096;

  private final Client client;
  private final String prefix;
  private final EtcdSettings settings;
  private long lease;

  /**
   * Something under the prefix, as it was read.
   *
   * @param key without the prefix
   * @param value empty if the key is gone
   * @param revision of that change
   */
  record Item(String key, ByteSequence value, long revision, boolean gone) {}

  /** Of which moment that was which was read: a cluster's revision. */
  record Moment(long cluster, long revision) {}

  /** What comes without being asked for. */
  interface Listener {
    /** Changes of one revision or several, in their order. */
    void changed(long revision, List<Item> items);

    /** No more changes come; the connection is to be made anew. */
    void ended(EtcdStoreException reason);
  }

  private EtcdStore(Client client, EtcdSettings settings) {
    this.client = client;
    this.prefix = settings.prefix() + Key.SCHEMA + "/";
    this.settings = settings;
  }

  /**
   * Prepares a client; nothing is sent yet.
   *
   * @throws EtcdStoreException if the certificates cannot be used
   */
  static EtcdStore open(EtcdSettings settings) throws EtcdStoreException {
    ClientBuilder builder =
        Client.builder()
            .endpoints(settings.endpoints())
            .connectTimeout(settings.limit())
            .keepaliveTime(settings.limit())
            .keepaliveTimeout(settings.limit())
            .keepaliveWithoutCalls(true)
            .maxInboundMessageSize(MAX_ANSWER)
            .waitForReady(false);
    try {
      if (settings.login().isPresent()) {
        EtcdSettings.Login login = settings.login().get();
        builder.user(bytes(login.name())).password(bytes(password(login.password())));
      }
      if (settings.tls().isPresent()) {
        EtcdSettings.Tls tls = settings.tls().get();
        builder.sslContext(
            context -> {
              context.trustManager(tls.authority().toFile());
              if (tls.certificate().isPresent() && tls.key().isPresent()) {
                context.keyManager(tls.certificate().get().toFile(), tls.key().get().toFile());
              }
            });
      }
      return new EtcdStore(builder.build(), settings);
    } catch (IOException | IllegalArgumentException unusable) {
      throw new EtcdStoreException("prepare certificates and password for etcd", unusable);
    }
  }

  private static String password(Path file) throws IOException {
    if (Files.size(file) > MAX_PASSWORD_FILE) {
      throw new IOException(file + " has more than " + MAX_PASSWORD_FILE + " bytes");
    }
    return Files.readString(file).lines().findFirst().orElse("");
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, UTF_8);
  }

  private ByteSequence stored(Key key) {
    return bytes(prefix + key.text());
  }

  /**
   * Asks for a lease, and keeps it up until this is closed.
   *
   * @param kept called whenever etcd has agreed
   * @param lost called when it is over
   */
  void keepLease(Runnable kept, Consumer<EtcdStoreException> lost) throws EtcdStoreException {
    String tried = "request a lease of " + settings.lease().toSeconds() + " s";
    lease = await(tried, client.getLeaseClient().grant(settings.lease().toSeconds())).getID();
    client.getLeaseClient().keepAlive(lease, new LeaseWatch(kept, lost));
  }

  /**
   * Reads everything, as it was at one moment.
   *
   * @param parts gets it part by part, for all of it may be too much to hold twice
   */
  Moment read(Consumer<List<Item>> parts) throws EtcdStoreException {
    ByteSequence end = bytes(successor(prefix));
    ByteSequence from = bytes(prefix);
    long revision = 0;
    for (; ; ) {
      GetOption option =
          GetOption.builder().withRange(end).withLimit(PAGE).withRevision(revision).build();
      GetResponse page = await("read " + prefix, client.getKVClient().get(from, option));
      revision = revision == 0 ? page.getHeader().getRevision() : revision;
      parts.accept(page.getKvs().stream().map(each -> item(each, false)).toList());
      if (!page.isMore()) {
        return new Moment(page.getHeader().getClusterId(), revision);
      }
      byte[] last = page.getKvs().get(page.getKvs().size() - 1).getKey().getBytes();
      byte[] next = Arrays.copyOf(last, last.length + 1);
      from = ByteSequence.from(next);
    }
  }

  /** The first text that is after all that begin with this one. */
  private static String successor(String text) {
    int last = text.length() - 1;
    return text.substring(0, last) + (char) (text.charAt(last) + 1);
  }

  private Item item(KeyValue each, boolean gone) {
    String key = each.getKey().toString(UTF_8);
    return new Item(key.substring(prefix.length()), each.getValue(), each.getModRevision(), gone);
  }

  /** Has all changes told from a revision on. */
  void watch(long revision, Listener listener) {
    WatchOption option =
        WatchOption.builder()
            .withRange(bytes(successor(prefix)))
            .withRevision(revision)
            .withRequireLeader(true)
            .build();
    client
        .getWatchClient()
        .watch(
            bytes(prefix),
            option,
            Watch.listener(
                response -> {
                  try {
                    listener.changed(
                        response.getHeader().getRevision(), items(response.getEvents()));
                  } catch (RuntimeException bug) {
                    // The client would keep it to itself, and the change would be missed for ever.
                    listener.ended(new EtcdStoreException("process an update from etcd", bug));
                  }
                },
                error -> listener.ended(new EtcdStoreException("watch " + prefix, error)),
                () ->
                    listener.ended(
                        new EtcdStoreException("watch " + prefix, "etcd has ended it"))));
  }

  private List<Item> items(List<WatchEvent> events) {
    return events.stream()
        .map(
            event -> item(event.getKeyValue(), event.getEventType() == WatchEvent.EventType.DELETE))
        .toList();
  }

  /** Begins a write; the future says whether its conditions held. */
  CompletableFuture<Boolean> begin(Write write) {
    Txn txn = client.getKVClient().txn();
    txn.If(
        write.conditions().stream()
            .map(
                condition ->
                    new Cmp(
                        stored(condition.key()),
                        Cmp.Op.EQUAL,
                        CmpTarget.modRevision(condition.revision())))
            .toArray(Cmp[]::new));
    List<Op> operations = new ArrayList<>();
    for (Entry entry : write.put()) {
      // A host's own entry goes with it; all else outlasts it.
      PutOption option =
          entry instanceof Entry.Host
              ? PutOption.builder().withLeaseId(lease).build()
              : PutOption.DEFAULT;
      operations.add(
          Op.put(stored(entry.key()), ByteSequence.from(EntryText.value(entry)), option));
    }
    for (Key key : write.deleted()) {
      operations.add(Op.delete(stored(key), DeleteOption.DEFAULT));
    }
    return txn.Then(operations.toArray(Op[]::new))
        .commit()
        .thenApply(answer -> answer.isSucceeded());
  }

  /** Waits for a request, no longer than one may take. */
  <T> T await(String tried, CompletableFuture<T> request) throws EtcdStoreException {
    try {
      return request.get(settings.limit().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException refused) {
      throw new EtcdStoreException(tried, refused);
    } catch (TimeoutException late) {
      throw new EtcdStoreException(
          tried, "no answer within " + settings.limit().toMillis() + " ms");
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new EtcdStoreException(tried, "the daemon is stopping");
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
