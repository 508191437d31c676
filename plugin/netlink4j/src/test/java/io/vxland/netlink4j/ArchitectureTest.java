package io.vxland.netlink4j;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** model <- codec, model <- jna, all <- the connection; only jna knows JNA; no state is global. */
@AnalyzeClasses(
    packages = "io.vxland.netlink4j",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule ARROWS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("connection")
          .definedBy("io.vxland.netlink4j")
          .layer("codec")
          .definedBy("io.vxland.netlink4j.codec")
          .layer("jna")
          .definedBy("io.vxland.netlink4j.jna")
          .layer("model")
          .definedBy("io.vxland.netlink4j.model")
          .whereLayer("connection")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("codec")
          .mayOnlyBeAccessedByLayers("connection")
          .whereLayer("jna")
          .mayOnlyBeAccessedByLayers("connection")
          .whereLayer("model")
          .mayOnlyBeAccessedByLayers("connection", "codec", "jna");

  @ArchTest
  static final ArchRule VALUES_AND_CODEC_ARE_PURE =
      classes()
          .that()
          .resideInAnyPackage("io.vxland.netlink4j.model", "io.vxland.netlink4j.codec")
          .should()
          .onlyDependOnClassesThat(
              com.tngtech.archunit.base.DescribedPredicate.describe(
                  "are values of the language: no JNA, files, channels, threads or clocks",
                  dependency ->
                      dependency.getPackageName().startsWith("io.vxland.netlink4j")
                          || dependency.getPackageName().equals("java.util")
                          || dependency.getPackageName().equals("java.util.function")
                          || dependency.getPackageName().equals("java.util.stream")
                          || dependency.getPackageName().equals("java.nio.charset")
                          || dependency.getName().equals("java.nio.ByteOrder")
                          || dependency.getName().equals("java.io.IOException")
                          || dependency.getName().equals("java.io.Serializable")
                          || dependency.getName().startsWith("java.net.InetAddress")
                          || dependency.getName().equals("java.net.UnknownHostException")
                          || dependency.getPackageName().startsWith("java.lang")
                          || dependency.isPrimitive()
                          || dependency.isArray()));

  @ArchTest
  static final ArchRule ONLY_JNA_KNOWS_JNA =
      classes()
          .that()
          .resideOutsideOfPackage("io.vxland.netlink4j.jna")
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackage("com.sun.jna..");

  @ArchTest
  static final ArchRule NO_STATE_IS_GLOBAL =
      fields().that().areStatic().should().haveModifier(JavaModifier.FINAL);
}
