package io.vxland.tests.migration;

/** BGP tells the hosts where a VM is. */
final class EvpnMigrationKindsTest extends MigrationKinds {
  EvpnMigrationKindsTest() {
    super(Journeys.Places.TOLD, "evpn");
  }
}
