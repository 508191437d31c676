package io.vxland.directory;

import io.vxland.directory.Write.Condition;
import io.vxland.model.NetworkName;
import io.vxland.model.SharedNetwork;
import io.vxland.model.Vni;
import io.vxland.model.VniRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What has to be written for a network that all hosts are to have, or none any more. */
public final class Definitions {
  private Definitions() {}

  /** The lowest VNI of a range that is nobody's, and on no host; empty if there is none. */
  public static Optional<Vni> free(Directory directory, VniRange range) {
    return IntStream.rangeClosed(range.first().value(), range.last().value())
        .mapToObj(Vni::new)
        .filter(
            vni ->
                directory.get(new Key.Allocation(vni)).isEmpty()
                    && directory.members(vni).isEmpty())
        .findFirst();
  }

  /**
   * Defines a network whose VNI is nobody else's by now. It fails if its name or its VNI was given
   * away since the directory was read.
   *
   * @return empty if it is there just so
   */
  public static Optional<Write> define(Directory directory, SharedNetwork network) {
    Entry.Network entry = new Entry.Network(network, false);
    Entry.Allocation allocation = new Entry.Allocation(network.vni(), network.name());
    boolean stands =
        directory.get(entry.key()).map(Stored::entry).equals(Optional.of(entry))
            && directory.get(allocation.key()).map(Stored::entry).equals(Optional.of(allocation));
    return stands
        ? Optional.empty()
        : Optional.of(
            new Write(
                List.of(condition(directory, entry.key()), condition(directory, allocation.key())),
                List.of(entry, allocation),
                List.of()));
  }

  /**
   * Deletes a network and frees its VNI.
   *
   * @return empty if nobody has it
   */
  public static Optional<Write> delete(Directory directory, NetworkName name) {
    SharedNetwork network = directory.registry().defined().get(name);
    if (network == null) {
      return Optional.empty();
    }
    Entry.Network gone = new Entry.Network(network, true);
    Key.Allocation allocation = new Key.Allocation(network.vni());
    boolean own = name.equals(directory.registry().owners().get(network.vni()));
    List<Condition> conditions = new ArrayList<>(List.of(condition(directory, gone.key())));
    if (own) {
      conditions.add(condition(directory, allocation));
    }
    return Optional.of(new Write(conditions, List.of(gone), own ? List.of(allocation) : List.of()));
  }

  private static Condition condition(Directory directory, Key key) {
    return new Condition(key, directory.revision(key));
  }
}
