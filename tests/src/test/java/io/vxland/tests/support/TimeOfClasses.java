package io.vxland.tests.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionEvaluationListener;
import org.awaitility.core.EvaluatedCondition;
import org.awaitility.core.StartEvaluationEvent;
import org.awaitility.core.TimeoutEvent;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Writes what each test class took to {@code target/times/PID}, a line each: its name and the
 * milliseconds of every kind of {@link Spent.On}, apart by spaces. {@code tests/run} prints them.
 * JUnit puts it around each class, outside of the class's own extensions.
 */
public final class TimeOfClasses implements BeforeAllCallback, AfterAllCallback {

  @Override
  public void beforeAll(ExtensionContext context) {
    if (isWhole(context)) {
      Awaitility.setDefaultConditionEvaluationListener(new Waits());
      Spent.taken();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    if (isWhole(context)) {
      Map<Spent.On, Long> taken = Spent.taken();
      String line =
          taken.values().stream()
              .map(nanos -> Long.toString(TimeUnit.NANOSECONDS.toMillis(nanos)))
              .collect(
                  Collectors.joining(" ", context.getRequiredTestClass().getName() + " ", "\n"));
      Path file =
          Files.createDirectories(Path.of("target", "times"))
              .resolve(Long.toString(ProcessHandle.current().pid()));
      Files.writeString(file, line, UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }

  /** Classes within a class are part of it. */
  private static boolean isWhole(ExtensionContext context) {
    return context.getRequiredTestClass().getEnclosingClass() == null;
  }

  /** A condition that throws has no end; the next class begins at nothing. */
  private static final class Waits implements ConditionEvaluationListener<Object> {
    @Override
    public void beforeEvaluation(StartEvaluationEvent<Object> event) {
      Spent.began(Spent.On.WAITS);
    }

    @Override
    public void conditionEvaluated(EvaluatedCondition<Object> condition) {
      if (condition.isSatisfied()) {
        Spent.ended(Spent.On.WAITS);
      }
    }

    @Override
    public void onTimeout(TimeoutEvent event) {
      Spent.ended(Spent.On.WAITS);
    }
  }
}
