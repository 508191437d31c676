package io.vxland.config;

import io.vxland.model.InterfaceName;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.Vni;
import java.util.HashMap;
import java.util.Map;

/** What only one network can have: its name, its VNI, its devices. Names both who want it. */
final class Claims {
  private final Problems problems;
  private final Map<NetworkName, IniFile.Section> names = new HashMap<>();
  private final Map<Vni, Claim> vnis = new HashMap<>();
  private final Map<InterfaceName, Claim> devices = new HashMap<>();

  private record Claim(IniFile.Section section, int line) {
    String place() {
      return section.file() + ":" + line;
    }
  }

  Claims(Problems problems) {
    this.problems = problems;
  }

  /** Whether nobody has the name yet. */
  boolean name(NetworkName name, IniFile.Section section) {
    IniFile.Section first = names.putIfAbsent(name, section);
    if (first != null) {
      problems.add(section, "the section already begins at " + first.file() + ":" + first.line());
    }
    return first == null;
  }

  /** Whether nobody has the VNI yet, nor the name of its VXLAN device. */
  boolean vni(Vni vni, SectionReader reader) {
    IniFile.Setting setting = reader.place(Key.VNI).orElseThrow();
    Claim first = vnis.putIfAbsent(vni, new Claim(reader.section(), setting.line()));
    if (first != null) {
      reader.problem(
          setting,
          "VNI " + vni + " is already used by " + first.section() + " at " + first.place());
      return false;
    }
    return device(Network.vxlanDevice(vni), reader, setting);
  }

  void bridge(InterfaceName bridge, SectionReader reader) {
    device(
        bridge,
        reader,
        reader.place(Key.BRIDGE).orElseGet(() -> reader.place(Key.VNI).orElseThrow()));
  }

  private boolean device(InterfaceName name, SectionReader reader, IniFile.Setting setting) {
    Claim first = devices.putIfAbsent(name, new Claim(reader.section(), setting.line()));
    if (first != null) {
      reader.problem(
          setting,
          "device '" + name + "' is already used by " + first.section() + " at " + first.place());
    }
    return first == null;
  }
}
