package io.vxland.libvirt;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LibvirtImportsTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.vxland");

  @Test
  void xmlAndLibvirtAreReadInOnePlaceOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.vxland.libvirt..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.libvirt..", "jakarta.xml..", "javax.xml..", "org.xml..")
        .check(CLASSES);
  }

  @Test
  void readingXmlNeedsNoLibvirtAndNoNativeCode() {
    noClasses()
        .that()
        .resideInAPackage("io.vxland.libvirt.xml..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.vxland.libvirt", "io.vxland.libvirt.jna..", "org.libvirt..", "com.sun.jna..")
        .check(CLASSES);
  }
}
