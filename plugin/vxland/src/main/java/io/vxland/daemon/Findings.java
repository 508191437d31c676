package io.vxland.daemon;

import io.vxland.model.NetworkName;
import io.vxland.plan.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a check of the host's surroundings found: of settings, files and programs that vxland does
 * not manage and depends on.
 *
 * @param problems what an administrator has to settle
 * @param warnings what an administrator should know of
 * @param cut the networks whose packets are known not to arrive
 */
record Findings(List<Problem> problems, List<Problem> warnings, SortedSet<NetworkName> cut) {
  static final Findings NONE = new Findings(List.of(), List.of(), new TreeSet<>());

  Findings {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  static Findings warning(String subject, String message) {
    return new Findings(List.of(), List.of(new Problem(subject, message)), new TreeSet<>());
  }

  static Findings warnings(List<Problem> warnings) {
    return new Findings(List.of(), warnings, new TreeSet<>());
  }

  Findings and(Findings more) {
    List<Problem> allProblems = new ArrayList<>(problems);
    allProblems.addAll(more.problems);
    List<Problem> allWarnings = new ArrayList<>(warnings);
    allWarnings.addAll(more.warnings);
    SortedSet<NetworkName> allCut = new TreeSet<>(cut);
    allCut.addAll(more.cut);
    return new Findings(allProblems, allWarnings, allCut);
  }
}
