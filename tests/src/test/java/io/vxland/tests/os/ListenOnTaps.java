package io.vxland.tests.os;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vxland.model.InterfaceName;
import io.vxland.os.TapWatch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * A program that listens on taps, to be run in a namespace: each line of its input names the taps
 * from then on, and it tells what it hears.
 */
final class ListenOnTaps {
  private static final int ENOUGH = 640;

  private ListenOnTaps() {}

  public static void main(String[] arguments) throws IOException {
    TapWatch.Listener listener =
        new TapWatch.Listener() {
          @Override
          public void heard(InterfaceName tap, byte[] frame) {
            System.out.println(tap + " " + HexFormat.of().formatHex(frame));
          }

          @Override
          public void arranged(SortedMap<InterfaceName, String> refused) {
            System.out.println("arranged " + refused);
          }

          @Override
          public void lost(String reason) {
            System.out.println("lost " + reason);
          }

          @Override
          public void regained() {
            System.out.println("regained");
          }
        };
    try (TapWatch watch = TapWatch.start(ENOUGH, listener);
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        watch.listen(
            List.of(line.split(" ")).stream().map(InterfaceName::new).collect(Collectors.toSet()));
      }
    }
    System.out.println("closed");
  }
}
