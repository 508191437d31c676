package io.vxland.cli;

import io.vxland.api.ApiException;
import io.vxland.api.Json;
import io.vxland.api.Migration;
import io.vxland.api.Migrations;
import io.vxland.model.InvalidValueException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** vxctl migrations. */
@Command(
    name = "migrations",
    description = "Show the live migrations of VMs from and to this host.")
final class MigrationsCommand implements Callable<Integer> {
  private final Vxctl vxctl;
  private final Pulse pulse;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "VM",
      description = "The last migration of this VM, by name or UUID, as a timeline.")
  private String vm;

  @Option(
      names = "--timeline",
      paramLabel = "N",
      description = "The migration of this number, as a timeline.")
  private Long number;

  @Option(
      names = "--follow",
      description = "Print each change of state as it happens, of all VMs or of one.")
  private boolean follow;

  MigrationsCommand(Vxctl vxctl, Pulse pulse) {
    this.vxctl = vxctl;
    this.pulse = pulse;
  }

  @Override
  public Integer call() throws ApiException, UnreachableException {
    if (number != null && (follow || vm != null)) {
      throw new ParameterException(
          spec.commandLine(), "--timeline cannot be combined with --follow or a VM");
    }
    if (follow) {
      follow();
    } else if (number != null) {
      one(
          migration -> migration.number() == number,
          "there is no migration " + number + "; see 'vxctl migrations'");
    } else if (vm != null) {
      one(
          this::isOfTheVm,
          "no migration is known of VM "
              + InvalidValueException.quote(vm)
              + " on this host; see 'vxctl migrations'");
    } else {
      all();
    }
    vxctl.out().flush();
    return Exit.OK;
  }

  private void all() throws ApiException, UnreachableException {
    byte[] answer = ask();
    if (vxctl.json()) {
      vxctl.out().println(new String(answer, StandardCharsets.UTF_8));
    } else {
      new MigrationsView(vxctl.out(), vxctl.legend()).print(read(answer));
    }
  }

  /** The newest that fits. */
  private void one(Predicate<Migration> wanted, String none)
      throws ApiException, UnreachableException {
    Optional<Migration> found = read(ask()).stream().filter(wanted).reduce((older, newer) -> newer);
    Migration migration =
        found.orElseThrow(() -> new ApiException(ApiException.Kind.NOT_FOUND, none));
    if (vxctl.json()) {
      json(migration);
    } else {
      new Timeline(vxctl.out(), vxctl.legend()).print(migration);
    }
  }

  private void follow() throws ApiException, UnreachableException {
    PrintWriter out = vxctl.out();
    Changes changes = new Changes();
    do {
      List<Migration> migrations =
          read(ask()).stream().filter(migration -> vm == null || isOfTheVm(migration)).toList();
      for (Changes.Change change : changes.since(migrations)) {
        if (vxctl.json()) {
          json(change.migration());
        } else {
          change.phases().forEach(phase -> out.println(FollowLine.of(change.migration(), phase)));
        }
      }
      // Whoever reads may have gone, as head(1) does.
    } while (!out.checkError() && pulse.next());
  }

  private void json(Migration migration) {
    vxctl.out().println(new String(Json.write(migration), StandardCharsets.UTF_8));
  }

  private boolean isOfTheVm(Migration migration) {
    return migration.domain().equals(vm) || migration.uuid().equals(vm);
  }

  private byte[] ask() throws ApiException, UnreachableException {
    return vxctl.daemon().get("/v1/migrations");
  }

  private static List<Migration> read(byte[] answer) throws ApiException {
    try {
      return Json.read(answer, Migrations.class).migrations();
    } catch (ApiException e) {
      throw DaemonClient.notUnderstood(e);
    }
  }
}
