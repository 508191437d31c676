package io.vxland.tests.migration;

/** BGP tells the hosts where a VM is. */
final class EvpnMigrationCancelledTest extends MigrationCancelled {
  EvpnMigrationCancelledTest() {
    super(Journeys.Places.TOLD, "evpn");
  }
}
