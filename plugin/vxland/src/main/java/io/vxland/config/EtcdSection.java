package io.vxland.config;

import io.vxland.model.InvalidValueException;
import io.vxland.model.Numbers;
import io.vxland.model.Vni;
import io.vxland.model.VniRange;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads the section {@code [etcd]}. */
final class EtcdSection {
  private static final int MAX_ENDPOINTS = 16;
  private static final String TLS = "https";

  private static final String PREFIX = "/vxland/";
  private static final int LEASE = 10;
  private static final int GRACE = 900;
  private static final VniRange VNIS = new VniRange(new Vni(10_000), new Vni(65_535));

  private final SectionReader reader;

  EtcdSection(SectionReader reader) {
    this.reader = reader;
  }

  Configuration.Etcd parse() {
    List<SectionReader.Placed<URI>> endpoints =
        reader.list(Key.ETCD_ENDPOINTS, EtcdSection::endpoint);
    checkEndpoints(endpoints);
    boolean tls = endpoints.stream().anyMatch(each -> each.value().getScheme().equals(TLS));
    Optional<Path> ca = reader.value(Key.ETCD_CA, EtcdSection::file);
    Optional<Path> certificate = reader.value(Key.ETCD_CERTIFICATE, EtcdSection::file);
    Optional<Path> key = reader.value(Key.ETCD_KEY, EtcdSection::file);
    if (tls) {
      need(Key.ETCD_ENDPOINTS, Key.ETCD_CA, "holds the CA of their certificates");
    } else {
      refuseWithoutTls(Key.ETCD_CA);
      refuseWithoutTls(Key.ETCD_CERTIFICATE);
    }
    need(Key.ETCD_CERTIFICATE, Key.ETCD_KEY, "belongs to it");
    need(Key.ETCD_KEY, Key.ETCD_CERTIFICATE, "belongs to it");
    Optional<String> user = reader.value(Key.ETCD_USER, EtcdSection::user);
    Optional<Path> password = reader.value(Key.ETCD_PASSWORD_FILE, EtcdSection::file);
    need(Key.ETCD_USER, Key.ETCD_PASSWORD_FILE, "has the password");
    need(Key.ETCD_PASSWORD_FILE, Key.ETCD_USER, "has this password");
    return new Configuration.Etcd(
        endpoints.stream().map(SectionReader.Placed::value).toList(),
        reader.value(Key.ETCD_PREFIX, EtcdSection::prefix).orElse(PREFIX),
        ca,
        certificate.flatMap(
            chain -> key.map(secret -> new Configuration.Etcd.Certificate(chain, secret))),
        user.flatMap(name -> password.map(file -> new Configuration.Etcd.Login(name, file))),
        seconds(Key.ETCD_LEASE, 2, 3_600, LEASE),
        seconds(Key.ETCD_GRACE, 0, 604_800, GRACE),
        reader.value(Key.ETCD_VNIS, VniRange::parse).orElse(VNIS));
  }

  private int seconds(Key key, int min, int max, int byDefault) {
    return reader.value(key, text -> Numbers.parse(key.text(), text, min, max)).orElse(byDefault);
  }

  private void checkEndpoints(List<SectionReader.Placed<URI>> endpoints) {
    if (reader.place(Key.ETCD_ENDPOINTS).isEmpty()) {
      reader.problem("needs 'endpoints', such as https://10.98.0.1:2379");
    }
    if (endpoints.size() > MAX_ENDPOINTS) {
      reader.problem(
          endpoints.get(MAX_ENDPOINTS).setting(), "more than " + MAX_ENDPOINTS + " endpoints");
    }
    endpoints.stream()
        .filter(each -> !each.value().getScheme().equals(endpoints.get(0).value().getScheme()))
        .findFirst()
        .ifPresent(
            each -> reader.problem(each.setting(), "use https for all endpoints, or for none"));
  }

  private void need(Key given, Key needed, String what) {
    reader
        .place(given)
        .filter(any -> reader.place(needed).isEmpty())
        .ifPresent(place -> reader.problem(place, "needs '" + needed.text() + "', which " + what));
  }

  private void refuseWithoutTls(Key key) {
    reader
        .place(key)
        .ifPresent(place -> reader.problem(place, "applies only to https endpoints; remove it"));
  }

  /** A URI of a host and a port, and nothing more. */
  private static URI endpoint(String text) {
    try {
      URI uri = new URI(text);
      boolean plain =
          text.length() <= 256
              && List.of("http", TLS).contains(String.valueOf(uri.getScheme()))
              && uri.getHost() != null
              && uri.getPort() > 0
              && uri.getPort() < 65_536
              && uri.getUserInfo() == null
              && uri.getRawPath().isEmpty()
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null;
      if (plain) {
        return uri;
      }
    } catch (URISyntaxException notEven) {
      // Said below.
    }
    throw new InvalidValueException(
        InvalidValueException.quote(text)
            + " is not an endpoint of etcd, such as https://10.98.0.1:2379");
  }

  private static String prefix(String text) {
    if (!text.matches("/|/[A-Za-z0-9._/-]{1,126}/") || text.contains("//")) {
      throw new InvalidValueException(
          InvalidValueException.quote(text)
              + " is not a key prefix that begins and ends with a slash, such as "
              + PREFIX);
    }
    return text;
  }

  private static String user(String text) {
    if (!text.matches("[!-~]{1,128}")) {
      throw new InvalidValueException(InvalidValueException.quote(text) + " is not a user name");
    }
    return text;
  }

  private static Path file(String text) {
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return path;
      }
    } catch (InvalidPathException not) {
      // Said below.
    }
    throw new InvalidValueException(
        InvalidValueException.quote(text) + " is not the absolute path of a file");
  }
}
