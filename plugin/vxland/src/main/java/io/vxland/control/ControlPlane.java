package io.vxland.control;

import io.vxland.model.Knowledge;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.Presence;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A source of knowledge about the rest of the world. Thread-safe. */
public interface ControlPlane extends AutoCloseable {
  /** The name of it as in {@code control.mode}. */
  String mode();

  /**
   * Returns what is known at this moment about the given networks. Does not block.
   *
   * @param networks the networks of this host
   */
  Knowledge knowledge(Collection<Network> networks);

  /** Who says each of the things that {@link #knowledge} has, and since when. */
  default List<Said> said(Collection<Network> networks) {
    return Said.all(knowledge(networks), mode());
  }

  /**
   * Tells what is true of this host from now on, for others to know. Returns at once; what was told
   * before and stays is not told again.
   */
  void publish(Presence presence);

  /**
   * Whether all is known that others have said by now. It is not while others cannot be heard, nor
   * before they have had the time to say what they could not say meanwhile.
   */
  boolean isCurrent();

  /** How long ago anything was heard; empty if nobody is to be heard. */
  default Optional<Duration> silence() {
    return Optional.empty();
  }

  /** The other hosts that it knows by itself, of any network. */
  List<Host> hosts();

  /** What does not work at this moment; empty if all is well. */
  List<Trouble> troubles();

  /** Where networks are defined for all hosts; empty if each host defines its own. */
  default Optional<NetworkRegistry> registry() {
    return Optional.empty();
  }

  /** What hears of its news, on its thread; it should not wait for anything. */
  interface Listener {
    /** Something is different. */
    void changed();

    /** Cards have gone from one host to another, and nothing else is different by that. */
    default void moved(List<Move> moves) {
      changed();
    }
  }

  /**
   * A card that is at another host now.
   *
   * @param vni its network
   */
  record Move(Vni vni, MacAddress mac, Vtep host) {}

  /** Ends it. What others were told stays told. */
  @Override
  void close();

  /**
   * Another host.
   *
   * @param name its name; empty if it is not known
   * @param source who told of it
   * @param alive whether it is there; empty if nobody tells
   * @param gone for how long it is not
   */
  record Host(Vtep vtep, String name, String source, Optional<Boolean> alive, Duration gone) {}

  /**
   * Somebody says that frames go to a host.
   *
   * @param vni of which network
   * @param mac for which machine; empty: what has no known place
   * @param vtep the host
   * @param source who says so
   * @param age for how long this host has known it; empty if nobody tells
   */
  record Said(Vni vni, Optional<MacAddress> mac, Vtep vtep, String source, Optional<Duration> age) {
    /** All that one source knows, of no known age. */
    public static List<Said> all(Knowledge knowledge, String source) {
      List<Said> all = new ArrayList<>();
      knowledge
          .replication()
          .forEach(
              (vni, hosts) ->
                  hosts.forEach(
                      host ->
                          all.add(
                              new Said(vni, Optional.empty(), host, source, Optional.empty()))));
      knowledge
          .locations()
          .forEach(
              (vni, places) ->
                  places.forEach(
                      place ->
                          all.add(
                              new Said(
                                  vni,
                                  Optional.of(place.mac()),
                                  place.vtep(),
                                  source,
                                  Optional.empty()))));
      return all;
    }
  }

  /**
   * Something that does not work.
   *
   * @param subject with what
   * @param message what, with the other side's words
   * @param advice what comes of it, or what to do
   */
  record Trouble(String subject, String message, String advice) {}
}
