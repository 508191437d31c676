package io.vxland.control.etcd;

import io.vxland.model.VniRange;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How to reach a cluster.
 *
 * @param endpoints its members' client addresses, such as {@code https://10.98.0.1:2379}
 * @param prefix before every key, such as {@code /vxland/}
 * @param tls certificates; empty where the endpoints are {@code http}
 * @param login name and password; empty: none, or the name in the certificate
 * @param lease after which time without a word a host is taken for gone; whole seconds
 * @param vnis given to networks that ask for no certain one
 * @param limit how long one request may take
 */
public record EtcdSettings(
    List<URI> endpoints,
    String prefix,
    Optional<Tls> tls,
    Optional<Login> login,
    Duration lease,
    VniRange vnis,
    Duration limit) {

  /**
   * Files in PEM.
   *
   * @param authority who signed the cluster's certificates
   * @param certificate this host's; empty: it shows none
   * @param key of that certificate, PKCS #8
   */
  public record Tls(Path authority, Optional<Path> certificate, Optional<Path> key) {}

  /**
   * What etcd's own authentication asks for.
   *
   * @param password the file that has the password in its first line
   */
  public record Login(String name, Path password) {}

  /** Copies the list. */
  public EtcdSettings {
    endpoints = List.copyOf(endpoints);
  }
}
