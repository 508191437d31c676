package io.vxland.tests.migration;

/** etcd tells the hosts where a VM is. */
final class EtcdMigrationCancelledTest extends MigrationCancelled {
  EtcdMigrationCancelledTest() {
    super(Journeys.Places.TOLD, "etcd");
  }
}
