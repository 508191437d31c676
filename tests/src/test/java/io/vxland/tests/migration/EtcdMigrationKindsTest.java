package io.vxland.tests.migration;

/** etcd tells the hosts where a VM is. */
final class EtcdMigrationKindsTest extends MigrationKinds {
  EtcdMigrationKindsTest() {
    super(Journeys.Places.TOLD, "etcd");
  }
}
