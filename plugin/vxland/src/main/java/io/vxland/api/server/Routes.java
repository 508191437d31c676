package io.vxland.api.server;

import io.vxland.api.ApiException;
import io.vxland.api.Definition;
import io.vxland.api.HookEvent;
import io.vxland.api.Json;
import io.vxland.api.Operations;
import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.NetworkName;
import io.vxland.model.PortSecurity;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The paths of the API, each with its methods. */
final class Routes {
  /** Most bytes of a hook's XML. */
  static final int MAX_XML = 8 << 20;

  /** Most bytes of a definition. */
  static final int MAX_JSON = 64 << 10;

  private static final int MAX_OPERATION = 32;

  private final Operations operations;

  Routes(Operations operations) {
    this.operations = operations;
  }

  /** The methods of one path. */
  private static final class Methods {
    private final TreeMap<String, Call> calls = new TreeMap<>();

    Methods get(Call.Action action) {
      calls.put("GET", new Call(false, 0, action));
      return this;
    }

    Methods post(int bodyLimit, Call.Action action) {
      calls.put("POST", new Call(true, bodyLimit, action));
      return this;
    }

    Methods delete(Call.Action action) {
      calls.put("DELETE", new Call(true, 0, action));
      return this;
    }
  }

  /**
   * Finds what a request means.
   *
   * @throws ApiException NOT_FOUND for an unknown path, WRONG_METHOD for an unknown method of it,
   *     BAD_REQUEST for anything else that makes no sense
   */
  Call find(String method, Target target) throws ApiException {
    Methods methods = methods(target);
    Call call = methods.calls.get(method);
    if (call == null) {
      throw new ApiException(
          ApiException.Kind.WRONG_METHOD,
          "method "
              + InvalidValueException.quote(method)
              + " is not allowed here; use "
              + String.join(", ", methods.calls.keySet()));
    }
    return call;
  }

  private Methods methods(Target target) throws ApiException {
    int size = target.segments().size();
    if (size == 1 && target.segments().get(0).equals("metrics")) {
      return metrics(target);
    }
    if (size < 2 || !target.segments().get(0).equals("v1")) {
      throw unknown(target);
    }
    return switch (target.segments().get(1) + "/" + size) {
      case "version/2" -> view(target, () -> operations.version());
      case "status/2" -> status(target);
      case "networks/2" -> networks(target);
      case "networks/3" -> network(target);
      case "ports/2" -> view(target, operations::ports);
      case "fdb/2" -> fdb(target);
      case "peers/2" -> view(target, operations::peers);
      case "migrations/2" -> view(target, operations::migrations);
      case "plan/2" -> view(target, operations::plan);
      case "hooks/4" -> hook(target);
      default -> throw unknown(target);
    };
  }

  /** Something to show. */
  @FunctionalInterface
  private interface View {
    Object show() throws ApiException;
  }

  private static Methods view(Target target, View view) throws ApiException {
    target.allowOnly(Set.of());
    return new Methods().get(body -> Answer.json(view.show()));
  }

  private Methods metrics(Target target) throws ApiException {
    target.allowOnly(Set.of());
    return new Methods().get(body -> Answer.metrics(MetricsText.of(operations.metrics())));
  }

  private Methods status(Target target) throws ApiException {
    target.allowOnly(Set.of("diff"));
    boolean diff = target.flag("diff");
    return new Methods().get(body -> Answer.json(operations.status(diff)));
  }

  private Methods networks(Target target) throws ApiException {
    return view(target, operations::networks).post(MAX_JSON, body -> Answer.json(define(body)));
  }

  private Object define(byte[] body) throws ApiException {
    Definition definition = Json.read(body, Definition.class);
    return operations.defineNetwork(
        new NetworkName(definition.name()),
        definition.vni() == 0 ? Optional.empty() : Optional.of(new Vni(definition.vni())),
        Template.parse(definition.template()),
        Optional.of(definition.bridge()).filter(b -> !b.isEmpty()).map(InterfaceName::new),
        definition.tag() == 0 ? Optional.empty() : Optional.of(new VlanTag(definition.tag())),
        Flooding.parse(definition.flood()),
        PortSecurity.parse(definition.portSecurity()),
        definition.here(),
        definition.printOnly());
  }

  private Methods network(Target target) throws ApiException {
    target.allowOnly(Set.of("force"));
    NetworkName name = new NetworkName(target.segments().get(2));
    boolean force = target.flag("force");
    return new Methods()
        .get(body -> Answer.json(operations.network(name)))
        .delete(body -> Answer.json(operations.deleteNetwork(name, force)));
  }

  private Methods fdb(Target target) throws ApiException {
    target.allowOnly(Set.of("network", "vni"));
    Optional<NetworkName> network = target.value("network").map(NetworkName::new);
    Optional<Vni> vni = target.value("vni").map(Vni::parse);
    return new Methods().get(body -> Answer.json(operations.fdb(network, vni)));
  }

  private Methods hook(Target target) throws ApiException {
    target.allowOnly(Set.of());
    HookEvent.Driver driver = driver(target);
    String operation = target.segments().get(3);
    boolean wellFormed =
        operation.length() <= MAX_OPERATION
            && operation.chars().allMatch(c -> (c >= 'a' && c <= 'z') || c == '-');
    if (!wellFormed) {
      throw new ApiException(
          ApiException.Kind.BAD_REQUEST,
          "hook operation "
              + InvalidValueException.quote(operation)
              + " is not 1 to 32 lower-case letters and hyphens");
    }
    return new Methods()
        .post(
            MAX_XML,
            body -> Answer.verdict(operations.hook(new HookEvent(driver, operation, body))));
  }

  private static HookEvent.Driver driver(Target target) throws ApiException {
    for (HookEvent.Driver driver : HookEvent.Driver.values()) {
      if (driver.toString().equals(target.segments().get(2))) {
        return driver;
      }
    }
    throw new ApiException(
        ApiException.Kind.NOT_FOUND,
        "hook driver "
            + InvalidValueException.quote(target.segments().get(2))
            + " is unknown; use qemu, network or daemon");
  }

  private static ApiException unknown(Target target) {
    return new ApiException(
        ApiException.Kind.NOT_FOUND,
        "path "
            + InvalidValueException.quote("/" + String.join("/", target.segments()))
            + " is not known");
  }
}
