package io.vxland.config;

import io.vxland.model.IpAddress;
import io.vxland.model.Vtep;
import java.util.List;
import java.util.Optional;

/** Sees to it that all VTEPs are of one family, and that none but {@code address} is our own. */
final class Underlay {
  private final Optional<Vtep> own;
  private Optional<Vtep> first;

  Underlay(Optional<Vtep> own) {
    this.own = own;
    this.first = own;
  }

  void check(SectionReader reader, List<SectionReader.Placed<Vtep>> vteps) {
    vteps.forEach(placed -> check(reader, placed.setting(), placed.value()));
  }

  void check(SectionReader reader, IniFile.Setting setting, Vtep vtep) {
    if (own.filter(vtep::equals).isPresent()) {
      reader.problem(setting, vtep + " " + OwnAddress.IS_OWN);
    } else {
      checkFamily(reader, setting, vtep);
    }
  }

  /** Checks a group's family like a host's. */
  void checkGroup(SectionReader reader, IniFile.Setting setting, IpAddress group) {
    first
        .filter(vtep -> vtep.address().family() != group.family())
        .ifPresent(vtep -> reader.problem(setting, OwnAddress.mixed(group, vtep)));
  }

  private void checkFamily(SectionReader reader, IniFile.Setting setting, Vtep vtep) {
    if (first.isEmpty()) {
      first = Optional.of(vtep);
    }
    first
        .filter(other -> other.address().family() != vtep.address().family())
        .ifPresent(other -> reader.problem(setting, OwnAddress.mixed(vtep.address(), other)));
  }
}
