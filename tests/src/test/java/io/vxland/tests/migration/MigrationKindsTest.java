package io.vxland.tests.migration;

/** Hosts learn from frames where a VM is. */
final class MigrationKindsTest extends MigrationKinds {
  MigrationKindsTest() {
    super(Journeys.Places.LEARNED, "static");
  }
}
