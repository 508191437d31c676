package io.vxland.tests.migration;

/**
 * A VM of the network blue.
 *
 * @param name its name
 * @param number 1 to 99; of it come its MAC and its address
 */
record Vm(String name, int number) {
  String mac() {
    return "52:54:00:00:00:%02x".formatted(number + 9);
  }

  String address() {
    return "10.50.0." + number;
  }
}
