package io.vxland.control.etcd;

import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.grpc.stub.StreamObserver;
import java.util.function.Consumer;

/** Tells that a lease is kept up, or no longer. */
final class LeaseWatch implements StreamObserver<LeaseKeepAliveResponse> {
  private final Runnable kept;
  private final Consumer<EtcdStoreException> lost;

  LeaseWatch(Runnable kept, Consumer<EtcdStoreException> lost) {
    this.kept = kept;
    this.lost = lost;
  }

  /** etcd answers with no time left when it does not know the lease any more. */
  @Override
  public void onNext(LeaseKeepAliveResponse answer) {
    if (answer.getTTL() <= 0) {
      lost.accept(new EtcdStoreException("keep the lease", "it has expired"));
    } else {
      kept.run();
    }
  }

  @Override
  public void onError(Throwable error) {
    lost.accept(new EtcdStoreException("keep the lease", error));
  }

  @Override
  public void onCompleted() {
    lost.accept(new EtcdStoreException("keep the lease", "etcd has ended it"));
  }
}
