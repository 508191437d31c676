package io.vxland.control.etcd;

import io.vxland.control.NetworkRegistry;
import io.vxland.control.RegistryException;
import io.vxland.directory.Definitions;
import io.vxland.directory.Directory;
import io.vxland.directory.Write;
import io.vxland.model.NetworkName;
import io.vxland.model.Registry;
import io.vxland.model.SharedNetwork;
import io.vxland.model.Vni;
import io.vxland.model.VniRange;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The networks of all hosts, in etcd. */
final class EtcdRegistry implements NetworkRegistry {
  private final VniRange range;
  private final Supplier<Optional<Registry>> known;
  private final Messenger messenger;
  private final Supplier<Optional<String>> trouble;

  /**
   * Something to be written that depends on what stands there. If that changes meanwhile, it is
   * decided anew.
   */
  interface Errand {
    /** What is to be written by the directory as it is now; empty if nothing (more) is. */
    Optional<Write> next(Directory directory) throws RegistryException;
  }

  /** Runs errands. */
  interface Messenger {
    /** Completes when it is done, or with its exception; one that is cancelled is given up. */
    CompletableFuture<Void> send(Errand errand);
  }

  EtcdRegistry(
      VniRange range,
      Supplier<Optional<Registry>> known,
      Messenger messenger,
      Supplier<Optional<String>> trouble) {
    this.range = range;
    this.known = known;
    this.messenger = messenger;
    this.trouble = trouble;
  }

  @Override
  public Optional<Registry> known() {
    return known.get();
  }

  /** Chooses anew whenever somebody was quicker. */
  private final class Define implements Errand {
    private final Wanted wanted;
    private volatile SharedNetwork chosen;

    Define(Wanted wanted) {
      this.wanted = wanted;
    }

    @Override
    public Optional<Write> next(Directory directory) throws RegistryException {
      SharedNetwork there = directory.registry().defined().get(wanted.name());
      Vni vni = wanted.vni().orElse(there == null ? free(directory) : there.vni());
      chosen = wanted.with(vni);
      if (there != null && !there.equals(chosen)) {
        throw RegistryException.conflict(
            "network '"
                + wanted.name()
                + "' already exists on all hosts, with VNI "
                + there.vni()
                + ", bridge "
                + there.bridge()
                + ", flood "
                + there.flood()
                + " and port-security "
                + there.security()
                + "; delete it first, or choose another name");
      }
      Optional<NetworkName> rival = directory.registry().rival(chosen);
      if (rival.isPresent()) {
        throw RegistryException.conflict(
            "VNI " + vni + " already belongs to network '" + rival.get() + "'");
      }
      return Definitions.define(directory, chosen);
    }

    private Vni free(Directory directory) throws RegistryException {
      return Definitions.free(directory, range)
          .orElseThrow(
              () ->
                  RegistryException.conflict(
                      "no VNI of " + range + " is free; give one, or widen [etcd] vnis"));
    }
  }

  @Override
  public SharedNetwork define(Wanted wanted, Duration limit)
      throws RegistryException, InterruptedException {
    Define errand = new Define(wanted);
    await("define network '" + wanted.name() + "'", errand, limit);
    return errand.chosen;
  }

  @Override
  public void delete(NetworkName name, Duration limit)
      throws RegistryException, InterruptedException {
    await("delete network '" + name + "'", directory -> Definitions.delete(directory, name), limit);
  }

  private void await(String tried, Errand errand, Duration limit)
      throws RegistryException, InterruptedException {
    CompletableFuture<Void> done = messenger.send(errand);
    try {
      done.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RegistryException known) {
        throw known;
      }
      throw new IllegalStateException(failed.getCause());
    } catch (TimeoutException late) {
      throw RegistryException.unavailable(
          "cannot "
              + tried
              + " on all hosts: "
              + trouble.get().orElse("etcd has not answered within " + limit.toSeconds() + " s")
              + "; try again when it is back");
    } finally {
      done.cancel(false);
    }
  }
}
