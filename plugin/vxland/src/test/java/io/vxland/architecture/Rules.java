package io.vxland.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What each package may import, as rules on a tree of packages. The tree is a parameter, so that
 * the rules can be seen to fail on one that breaks them.
 */
final class Rules {
  /** Which package of the tree may import which; what is not here may import nothing of it. */
  static final Map<String, Set<String>> ARROWS = arrows();

  /** Packages without I/O, clock, logger and native code. */
  private static final List<String> PURE =
      List.of("model", "plan", "plan.ovs", "migration", "directory", "snoop", "json", "api");

  private final String root;

  Rules(String root) {
    this.root = root;
  }

  private static Map<String, Set<String>> arrows() {
    Map<String, Set<String>> arrows = new TreeMap<>();
    arrow(arrows, "model");
    arrow(arrows, "plan", "model");
    arrow(arrows, "plan.ovs", "model", "plan", "openflow");
    arrow(arrows, "migration", "model", "plan");
    arrow(arrows, "dataplane", "model", "plan", "plan.ovs");
    arrow(arrows, "dataplane.linux", "model", "plan", "dataplane", "netlink4j", "netlink4j.model");
    arrow(arrows, "dataplane.nft", "model", "plan", "dataplane");
    arrow(arrows, "ovsdb");
    arrow(arrows, "dataplane.ovs", "model", "plan", "plan.ovs", "dataplane", "ovsdb", "openflow");
    arrow(arrows, "control", "model");
    arrow(arrows, "control.fixed", "model", "control");
    arrow(arrows, "control.etcd", "model", "control", "directory");
    arrow(arrows, "control.evpn", "model", "control");
    arrow(arrows, "libvirt", "model", "libvirt.xml", "libvirt.jna");
    arrow(arrows, "libvirt.jna");
    arrow(arrows, "libvirt.xml", "model");
    arrow(arrows, "config", "model");
    arrow(arrows, "os", "model");
    arrow(arrows, "snoop", "model");
    arrow(arrows, "openflow", "model");
    arrow(arrows, "json", "model");
    arrow(arrows, "directory", "model", "json");
    arrow(arrows, "api", "model", "json");
    arrow(arrows, "api.server", "model", "api");
    arrow(
        arrows,
        "daemon",
        "model",
        "plan",
        "plan.ovs",
        "migration",
        "dataplane",
        "dataplane.linux",
        "dataplane.nft",
        "dataplane.ovs",
        "control",
        "control.fixed",
        "control.etcd",
        "control.evpn",
        "directory",
        "snoop",
        "libvirt",
        "libvirt.xml",
        "config",
        "os",
        "api",
        "api.server");
    arrow(arrows, "cli", "model", "api");
    return arrows;
  }

  private static void arrow(Map<String, Set<String>> arrows, String from, String... to) {
    arrows.put(from, new TreeSet<>(Arrays.asList(to)));
  }

  private String inTree(String name) {
    return root + "." + name;
  }

  private String[] inTree(List<String> names) {
    return names.stream().map(this::inTree).toArray(String[]::new);
  }

  /** A package imports of this tree only what its arrows say. */
  ArchRule arrowsOf(String name) {
    Set<String> allowed = new TreeSet<>();
    allowed.add(inTree(name));
    ARROWS.get(name).forEach(other -> allowed.add(inTree(other)));
    return noClasses()
        .that(resideInAPackage(inTree(name)))
        .should()
        .dependOnClassesThat(
            describe(
                "are in " + root + ", but not in " + allowed,
                (JavaClass other) ->
                    other.getPackageName().startsWith(root + ".")
                        && !allowed.contains(other.getPackageName())))
        .allowEmptyShould(true);
  }

  ArchRule noCycles() {
    return slices().matching(root + ".(**)").should().beFreeOfCycles();
  }

  ArchRule pureWithoutInputAndOutput() {
    return inPure(
        "do input or output",
        describe(
            "do input or output",
            (JavaClass other) ->
                !other.isEquivalentTo(IOException.class)
                    && !other.isEquivalentTo(UncheckedIOException.class)
                    && !other.isEquivalentTo(Serializable.class)
                    && (resideInAnyPackage(
                                "java.io..", "java.nio.file..", "java.nio.channels..", "java.net..")
                            .test(other)
                        || other.isEquivalentTo(ProcessBuilder.class)
                        || other.isEquivalentTo(Runtime.class))));
  }

  /** The OpenFlow client is a library by itself, of which plans use the values only. */
  ArchRule pureWithoutConnections() {
    return inPure(
        "speak with switches",
        describe(
            "are the OpenFlow client's connection",
            (JavaClass other) -> other.getSimpleName().startsWith("OpenFlow")));
  }

  ArchRule pureWithoutLoggers() {
    return inPure(
        "log",
        resideInAnyPackage("org.slf4j..", "java.util.logging..", "org.apache.commons.logging.."));
  }

  private ArchRule inPure(String what, DescribedPredicate<JavaClass> forbidden) {
    return noClasses()
        .that(resideInAnyPackage(inTree(PURE)))
        .should()
        .dependOnClassesThat(forbidden)
        .as("pure packages do not " + what)
        .allowEmptyShould(true);
  }

  ArchRule pureWithoutClocks() {
    return noClasses()
        .that(resideInAnyPackage(inTree(PURE)))
        .should()
        .accessTargetWhere(describe("reads a clock", Rules::readsClock))
        .as("pure packages read no clock")
        .allowEmptyShould(true);
  }

  private static boolean readsClock(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    String name = access.getName();
    return (owner.isEquivalentTo(System.class)
            && (name.equals("nanoTime") || name.equals("currentTimeMillis")))
        || (owner.getPackageName().equals("java.time") && name.equals("now"))
        || owner.getName().equals("java.time.Clock")
        || (owner.getName().equals("java.util.Date") && name.equals("<init>"));
  }

  ArchRule nativeCodeOnlyInItsPlaces() {
    return only(List.of("netlink4j.jna", "libvirt", "libvirt.jna", "os"), "com.sun.jna..");
  }

  ArchRule libvirtsLibraryOnlyInItsPlace() {
    return only(List.of("libvirt"), "org.libvirt..");
  }

  ArchRule xmlOnlyInItsPlace() {
    return only(List.of("libvirt.xml"), "jakarta.xml..", "javax.xml..", "org.xml..", "org.w3c..");
  }

  ArchRule configurationLibraryOnlyInItsPlace() {
    return only(List.of("config"), "org.apache.commons.configuration2..");
  }

  ArchRule serverOnlyInItsPlace() {
    return only(List.of("api.server"), "org.eclipse.jetty..");
  }

  ArchRule metricsLibraryOnlyInItsPlace() {
    return only(List.of("api.server"), "io.prometheus..");
  }

  ArchRule commandLineOnlyInItsPlace() {
    return only(List.of("cli"), "picocli..");
  }

  ArchRule loggersOnlyInTheDaemon() {
    return only(List.of("daemon"), "org.slf4j..");
  }

  private ArchRule only(List<String> places, String... library) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(inTree(places))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(library)
        .allowEmptyShould(true);
  }
}
