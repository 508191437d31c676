package io.vxland.libvirt.xml;

import static io.vxland.libvirt.xml.Documents.bytes;
import static io.vxland.libvirt.xml.Documents.sample;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes in, values or a {@link LibvirtXmlException} come out, nothing else. */
class XmlFuzzTest {
  private static final List<String> PIECES =
      List.of(
          "<",
          ">",
          "</",
          "/>",
          "&",
          "&amp;",
          "&#0;",
          "&x;",
          "'",
          "\"",
          "<!--",
          "-->",
          "<![CDATA[",
          "]]>",
          "<?",
          "?>",
          "<!DOCTYPE a [",
          "xmlns=''",
          "xmlns:a='b'",
          "<interface type='bridge'>",
          "\0",
          "\u00ff",
          "\ud83d\ude00",
          "<?xml version='1.1' encoding='UTF-16'?>",
          "vni=''",
          "<vx:overlay xmlns:vx='urn:vxland:network:1' vni='1'>");

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void spoiledSamplesAreReadOrRefused(long seed) {
    Random random = new Random(seed);
    List<byte[]> samples =
        List.of(
            sample("qemu-start-blue.xml"),
            sample("qemu-migrate-blue.xml"),
            sample("port-created-blue.xml"));
    int refused = 0;
    for (int i = 0; i < 100; i++) {
      byte[] spoiled = samples.get(random.nextInt(samples.size())).clone();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        spoiled = spoil(spoiled, random);
      }
      refused += refusals(spoiled);
    }
    assertThat(refused).as("the samples were spoiled").isGreaterThan(100);
  }

  @FuzzTest(maxDuration = "30s")
  void anyBytesAreReadOrRefused(byte[] input) {
    assertThat(refusals(input)).isBetween(0, 3);
  }

  private static byte[] spoil(byte[] document, Random random) {
    int at = random.nextInt(document.length);
    int to = Math.min(document.length, at + random.nextInt(40));
    byte[] piece =
        switch (random.nextInt(3)) {
          case 0 -> bytes(PIECES.get(random.nextInt(PIECES.size())));
          case 1 -> new byte[] {(byte) random.nextInt(256)};
          default -> new byte[0];
        };
    byte[] spoiled = new byte[at + piece.length + document.length - to];
    System.arraycopy(document, 0, spoiled, 0, at);
    System.arraycopy(piece, 0, spoiled, at, piece.length);
    System.arraycopy(document, to, spoiled, at + piece.length, document.length - to);
    return spoiled;
  }

  /** Reads the document as each of the three kinds, and counts how many refused it. */
  private static int refusals(byte[] document) {
    int refused = 0;
    try {
      LibvirtXml.domain(document);
    } catch (LibvirtXmlException e) {
      refused++;
    }
    try {
      Overlays.networkOf(LibvirtXml.network(document), (any, each) -> true);
    } catch (LibvirtXmlException e) {
      refused++;
    }
    try {
      Overlays.networkOf(LibvirtXml.hookData(document).network(), (any, each) -> true);
    } catch (LibvirtXmlException e) {
      refused++;
    }
    return refused;
  }
}
