package io.vxland.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The packages import each other in one direction, and libraries stay where they belong. Each rule
 * is tried on the product, and on {@code io.vxland.architecture.broken}, which breaks it.
 */
class ArchitectureTest {
  private static final String PRODUCT = "io.vxland";
  private static final String BROKEN = "io.vxland.architecture.broken";

  private static final JavaClasses PRODUCT_CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(PRODUCT);
  private static final JavaClasses BROKEN_CLASSES = new ClassFileImporter().importPackages(BROKEN);

  static Stream<String> packages() {
    return Rules.ARROWS.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void aPackageImportsOnlyWhatItsArrowsSay(String name) {
    new Rules(PRODUCT).arrowsOf(name).check(PRODUCT_CLASSES);
  }

  @Test
  void everyPackageHasItsArrows() {
    Set<String> found =
        PRODUCT_CLASSES.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> !name.startsWith(PRODUCT + ".netlink4j"))
            .map(name -> name.substring(PRODUCT.length() + 1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(found).contains("model", "plan", "daemon", "cli");
    assertThat(Rules.ARROWS.keySet()).containsAll(found);
  }

  /** A rule with what its message says of the class that breaks it. */
  static Stream<Arguments> rules() {
    return Stream.of(
        rule("no cycles", Rules::noCycles, "Cycle detected"),
        rule("an arrow that is not", rules -> rules.arrowsOf("plan"), "plan.AsksTheKernel"),
        rule("no input or output", Rules::pureWithoutInputAndOutput, "plan.ReadsFiles"),
        rule("no connections", Rules::pureWithoutConnections, "plan.AsksASwitch"),
        rule("no clock by System", Rules::pureWithoutClocks, "model.ReadsClocks.nanos"),
        rule("no clock by java.time", Rules::pureWithoutClocks, "model.ReadsClocks.instant"),
        rule("no loggers", Rules::pureWithoutLoggers, "api.Logs"),
        rule("native code", Rules::nativeCodeOnlyInItsPlaces, "dataplane.CallsLibc"),
        rule("libvirt", Rules::libvirtsLibraryOnlyInItsPlace, "daemon.UsesLibraries"),
        rule("XML", Rules::xmlOnlyInItsPlace, "daemon.UsesLibraries"),
        rule("configuration", Rules::configurationLibraryOnlyInItsPlace, "daemon.UsesLibraries"),
        rule("server", Rules::serverOnlyInItsPlace, "daemon.UsesLibraries"),
        rule("metrics", Rules::metricsLibraryOnlyInItsPlace, "daemon.UsesLibraries"),
        rule("command line", Rules::commandLineOnlyInItsPlace, "daemon.UsesLibraries"),
        rule("loggers", Rules::loggersOnlyInTheDaemon, "api.Logs"));
  }

  private static Arguments rule(String name, Function<Rules, ArchRule> rule, String culprit) {
    return Arguments.of(Named.of(name, rule), culprit);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void theProductKeepsTheRule(Function<Rules, ArchRule> rule) {
    rule.apply(new Rules(PRODUCT)).check(PRODUCT_CLASSES);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void theRuleFailsWhereItIsBroken(Function<Rules, ArchRule> rule, String culprit) {
    assertThatThrownBy(() -> rule.apply(new Rules(BROKEN)).check(BROKEN_CLASSES))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(culprit);
  }

  @Test
  void theCommandLineToolThatReachesIntoTheDaemonIsFound() {
    assertThatThrownBy(() -> new Rules(BROKEN).arrowsOf("cli").check(BROKEN_CLASSES))
        .hasMessageContaining("cli.ReachesIntoTheDaemon");
  }

  @AfterAll
  static void printTheArrows() {
    Rules.ARROWS.forEach(
        (from, to) ->
            System.out.println(from + " -> " + (to.isEmpty() ? "-" : String.join(", ", to))));
  }
}
