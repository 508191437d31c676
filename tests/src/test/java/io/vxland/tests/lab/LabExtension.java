package io.vxland.tests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One lab for all tests of a class. When a test fails, the lab's logs are copied to {@code
 * target/lab-logs/CLASS.METHOD} (CLASS, when it was its set-up), before the next test writes to
 * them; and a guest that QEMU has broken, or a daemon of FRR that has ended itself, is noted in
 * {@code target/broken/CLASS}.
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
    saveLogsOfFailure(
        context,
        context.getRequiredTestClass().getSimpleName()
            + "."
            + context.getRequiredTestMethod().getName());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (lab == null) {
      return;
    }
    try {
      // A failure of the class itself: of a @BeforeAll method.
      saveLogsOfFailure(context, context.getRequiredTestClass().getSimpleName());
    } finally {
      lab.close();
    }
  }

  /** For tests/run, which runs the class once more. */
  private void noteBroken(ExtensionContext context) {
    Map<String, String> broken = new TreeMap<>(lab.abortedDaemons());
    broken.putAll(lab.brokenGuests());
    if (broken.isEmpty()) {
      return;
    }
    try {
      Path directory = Files.createDirectories(Path.of("target", "broken"));
      Files.writeString(directory.resolve(context.getRequiredTestClass().getName()), broken + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void saveLogsOfFailure(ExtensionContext context, String name) {
    if (context.getExecutionException().isPresent()) {
      Path directory = Path.of("target", "lab-logs", name);
      lab.saveLogs(directory);
      context.publishReportEntry("lab logs", directory.toAbsolutePath().toString());
      noteBroken(context);
    }
  }
}
