package io.vxland.dataplane.ovs;

import io.vxland.dataplane.DataplaneException;
import io.vxland.model.InvalidValueException;
import io.vxland.model.MacAddress;
import io.vxland.model.Numbers;
import io.vxland.openflow.Port;
import io.vxland.plan.ovs.Learned;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The answer to {@code fdb/show BRIDGE} (ovs-vswitchd(8)), in a form that Open vSwitch has had
 * since 1.1, and of which it says nothing: a head, and a line for each entry with port, VLAN,
 * address, and age in seconds or, since 2.16, "static".
 */
final class LearnedTable {
  private static final List<String> HEAD = List.of("port", "VLAN", "MAC", "Age");
  private static final String STATIC = "static";
  private static final int LAST_PORT = 0xfeff;
  private static final int LAST_VLAN = 4095;
  private static final int MAX_QUOTED = 80;

  private LearnedTable() {}

  static List<Learned> parse(String text) throws DataplaneException {
    Iterator<String> lines = text.lines().iterator();
    if (!lines.hasNext() || !fields(lines.next()).equals(HEAD)) {
      throw new DataplaneException(
          "what Open vSwitch has learned: a head " + HEAD + " is expected");
    }
    List<Learned> all = new ArrayList<>();
    while (lines.hasNext()) {
      String line = lines.next();
      try {
        all.add(entry(fields(line)));
      } catch (IllegalArgumentException wrong) {
        throw new DataplaneException(
            "what Open vSwitch has learned: "
                + InvalidValueException.quote(
                    line.substring(0, Math.min(line.length(), MAX_QUOTED)))
                + " is no entry",
            wrong);
      }
    }
    return all;
  }

  private static List<String> fields(String line) {
    return List.of(line.strip().split(" +", -1));
  }

  private static Learned entry(List<String> fields) {
    if (fields.size() != HEAD.size()) {
      throw new IllegalArgumentException("four fields are expected");
    }
    String port = fields.get(0);
    String age = fields.get(3);
    boolean byHand = age.equals(STATIC);
    if (!byHand) {
      Numbers.parse("age", age, 0, Integer.MAX_VALUE);
    }
    return new Learned(
        port.equals("LOCAL") ? Port.LOCAL : new Port(Numbers.parse("port", port, 1, LAST_PORT)),
        Numbers.parse("VLAN", fields.get(1), 0, LAST_VLAN),
        MacAddress.parse(fields.get(2)),
        byHand);
  }
}
