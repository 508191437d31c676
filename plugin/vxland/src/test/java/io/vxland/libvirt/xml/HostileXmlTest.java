package io.vxland.libvirt.xml;

import static io.vxland.libvirt.xml.Documents.bytes;
import static io.vxland.libvirt.xml.Documents.domainWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HostileXmlTest {
  private static final String NAMED = "<name>a</name><uuid>" + Documents.UUID + "</uuid>";

  static Stream<Arguments> refused() {
    String bomb =
        "<!DOCTYPE domain [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
            + "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'>]>"
            + "<domain><name>&d;</name></domain>";
    return Stream.of(
        arguments("nothing", "", "domain XML"),
        arguments("blank", " \n ", "domain XML"),
        arguments("no XML", "hello", "domain XML, line 1"),
        arguments("a document type", "<!DOCTYPE domain><domain/>", "<!DOCTYPE>"),
        arguments(
            "an external subset",
            "<!DOCTYPE domain SYSTEM 'file:///etc/passwd'><domain/>",
            "DOCTYPE"),
        arguments(
            "an external entity",
            "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><domain><name>&x;</name></domain>",
            "DOCTYPE"),
        arguments("an entity bomb", bomb, "DOCTYPE"),
        arguments(
            "an undeclared entity", "<domain><name>&x;</name></domain>", "domain XML, line 1"),
        arguments("another root", "<network><name>a</name></network>", "expected <domain>"),
        arguments("a root in a namespace", "<domain xmlns='urn:x'/>", "expected <domain>"),
        arguments("an unfinished document", "<domain><name>a</name>", "domain XML, line 1"),
        arguments(
            "something after the end", "<domain>" + NAMED + "</domain>x", "domain XML, line 1"),
        arguments(
            "a second document", "<domain>" + NAMED + "</domain><domain/>", "domain XML, line 1"),
        arguments("a NUL", "<domain><name>a\0b</name></domain>", "domain XML, line 1"),
        arguments("a NUL at the end", "<domain>" + NAMED + "</domain>\0", "domain XML, line 1"),
        arguments("a NUL by reference", "<domain><name>&#0;</name></domain>", "domain XML, line 1"),
        arguments("an attribute twice", "<domain a='1' a='2'/>", "domain XML, line 1"),
        arguments("an undeclared prefix", "<domain><x:y/></domain>", "domain XML, line 1"),
        arguments(
            "too deep", "<domain>" + "<a>".repeat(300) + "</a>".repeat(300) + "</domain>", "256"),
        arguments("deep and open", "<a>".repeat(1_000_000), "domain XML"),
        arguments("too many elements", "<domain>" + "<a/>".repeat(300_000) + "</domain>", "262144"),
        arguments(
            "too many attributes",
            "<domain " + "abcdefgh=''".repeat(1) + manyAttributes() + "/>",
            "domain XML"),
        arguments("50 MB", "<domain>" + " ".repeat(50_000_000) + "</domain>", "more than 8388608"),
        arguments(
            "a name of a megabyte",
            "<domain><name>" + "n".repeat(1 << 20) + "</name></domain>",
            "more than 255"));
  }

  private static String manyAttributes() {
    StringBuilder attributes = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      attributes.append(" a").append(i).append("=''");
    }
    return attributes.toString();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void isRefusedWithThePlace(String what, String xml, String complaint) {
    assertThatThrownBy(() -> LibvirtXml.domain(bytes(xml)))
        .isInstanceOf(LibvirtXmlException.class)
        .hasMessageStartingWith("domain")
        .hasMessageContaining(complaint)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300).doesNotContain("\n"));
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] xml = "<domain><name>\u00e9</name></domain>".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> LibvirtXml.domain(xml)).isInstanceOf(LibvirtXmlException.class);
  }

  @Test
  void metadataOfOthersMayBeDeep() throws Exception {
    String deep = "<metadata>" + "<a>".repeat(250) + "</a>".repeat(250) + "</metadata>";
    assertThat(LibvirtXml.domain(bytes("<domain>" + deep + NAMED + "</domain>")).name())
        .isEqualTo("a");
  }

  @Test
  void namesOutsideAsciiAreKept() throws Exception {
    byte[] xml =
        bytes(
            "<?xml version='1.0'?><!-- c --><domain>"
                + NAMED.replace(">a<", ">d\u00fc\u4e2d<")
                + "</domain>\n");
    assertThat(LibvirtXml.domain(xml).name()).isEqualTo("d\u00fc\u4e2d");
  }

  @Test
  void aDomainOfFourMebibytesIsReadWhole() throws Exception {
    StringBuilder devices = new StringBuilder();
    String disk =
        "<disk type='file'><source file='/var/lib/libvirt/images/a.img'/><target dev='sda'/></disk>\n";
    for (int i = 0; i < (4 << 20) / disk.length(); i++) {
      devices.append(disk);
    }
    devices.append(
        "<interface type='bridge'><mac address='52:54:00:aa:00:01'/><source bridge='br5001'/>"
            + "</interface>");
    assertThat(LibvirtXml.domain(domainWith(devices.toString())).nics()).hasSize(1);
  }
}
