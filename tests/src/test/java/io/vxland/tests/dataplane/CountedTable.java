package io.vxland.tests.dataplane;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.DeliveryDriver;
import io.vxland.dataplane.nft.DeliveryTable;
import io.vxland.dataplane.nft.NftProgram;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState.Guard;
import io.vxland.plan.Change;
import io.vxland.tests.support.Netns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/**
 * The delivery table of a namespace, which counts how often it is read. The program that it runs is
 * nft behind a script, which can be told to fail.
 */
final class CountedTable implements DeliveryDriver, AutoCloseable {
  private final Path directory;
  private final Path broken;
  private final NftProgram nft;
  private final DeliveryTable table;
  int reads;

  CountedTable(Netns netns) {
    try {
      directory = Files.createTempDirectory("vxland-nft");
      broken = directory.resolve("broken");
      Path program =
          Files.writeString(
              directory.resolve("nft"),
              "#!/bin/sh\n[ ! -e %1$s ] || . %1$s\nexec /usr/sbin/nft \"$@\"\n".formatted(broken));
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
      nft = NftProgram.in(program, netns.path());
      table = DeliveryTable.open(nft);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on nft does this first, such as {@code exit 1}. */
  void breaks(String script) throws IOException {
    Files.writeString(broken, script + "\n");
  }

  void works() throws IOException {
    Files.deleteIfExists(broken);
  }

  /** Whether a change was made by this table's nft. */
  boolean made(int portId) {
    return nft.made(portId);
  }

  @Override
  public Guard read() {
    reads++;
    return table.read();
  }

  @Override
  public List<Failure> apply(List<Change> changes) {
    return table.apply(changes);
  }

  @Override
  public Map<InterfaceName, Map<MacAddress, Long>> counters() throws DataplaneException {
    return table.counters();
  }

  @Override
  public void close() {
    try {
      works();
      Files.delete(directory.resolve("nft"));
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
