package io.vxland.tests.lab;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One lab for all tests of a class. When a test fails, the lab's logs are copied to {@code
 * target/lab-logs/CLASS.METHOD}, before the next test writes to them.
 *
 * <pre>{@code
 * @RegisterExtension static final LabExtension LAB = new LabExtension(() -> Lab.up("demo", 3));
 * }</pre>
 */
public final class LabExtension
    implements BeforeAllCallback, AfterAllCallback, AfterTestExecutionCallback {
  private final Supplier<Lab> starter;
  private Lab lab;

  public LabExtension(Supplier<Lab> starter) {
    this.starter = starter;
  }

  /** The lab; there from before the first test to after the last. */
  public Lab lab() {
    return lab;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    lab = starter.get();
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      String test =
          context.getRequiredTestClass().getSimpleName()
              + "."
              + context.getRequiredTestMethod().getName();
      Path directory = Path.of("target", "lab-logs", test);
      lab.saveLogs(directory);
      context.publishReportEntry("lab logs", directory.toAbsolutePath().toString());
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (lab != null) {
      lab.close();
    }
  }
}
