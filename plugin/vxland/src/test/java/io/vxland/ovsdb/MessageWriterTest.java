package io.vxland.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MessageWriterTest {
  private static final UUID ROW = UUID.fromString("36bef046-7da7-43a5-905a-c17899216fcb");

  private static String text(byte[] message) {
    return new String(message, StandardCharsets.UTF_8).replace('"', '\'');
  }

  @Test
  void requestsAreThoseOfRfc7047() {
    assertThat(text(MessageWriter.echo(7))).isEqualTo("{'method':'echo','params':[],'id':7}");
    assertThat(text(MessageWriter.monitorCancel(8, "m1")))
        .isEqualTo("{'method':'monitor_cancel','params':['m1'],'id':8}");
    assertThat(
            text(
                MessageWriter.monitor(
                    9,
                    "Open_vSwitch",
                    "m1",
                    List.of(Watch.of("Port", "name", "tag"), Watch.of("Bridge", "name")))))
        .isEqualTo(
            "{'method':'monitor','params':['Open_vSwitch','m1',"
                + "{'Port':[{'columns':['name','tag']}],'Bridge':[{'columns':['name']}]}],'id':9}");
    assertThat(text(MessageWriter.transact(10, "Open_vSwitch", List.of())))
        .isEqualTo("{'method':'transact','params':['Open_vSwitch'],'id':10}");
  }

  @Test
  void theServersEchoIsAnsweredWithWhatItSent() throws MalformedException {
    Message.Request echo =
        (Message.Request)
            Message.of(
                (ObjectNode) JsonText.of("{'id':['echo',1],'method':'echo','params':[1,'a']}"));
    assertThat(text(MessageWriter.echoed(echo)))
        .isEqualTo("{'id':['echo',1],'result':[1,'a'],'error':null}");
  }

  static Stream<Arguments> operations() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("remote_ip", "10.99.0.2");
    options.put("key", "5001");
    return Stream.of(
        Arguments.of(
            new Operation.Select("Bridge", List.of(Condition.equal("name", "br0")), List.of()),
            "{'op':'select','table':'Bridge','where':[['name','==','br0']]}"),
        Arguments.of(
            new Operation.Select("Bridge", List.of(), List.of("_uuid", "ports")),
            "{'op':'select','table':'Bridge','where':[],'columns':['_uuid','ports']}"),
        Arguments.of(
            new Operation.Insert(
                "Interface",
                Row.EMPTY
                    .with("name", "tun-vxlan0")
                    .with("options", MapValue.of(options))
                    .with("mtu_request", SetValue.EMPTY)
                    .with("bfd", MapValue.EMPTY),
                Optional.of("i0")),
            "{'op':'insert','table':'Interface','row':{'name':'tun-vxlan0','options':['map',"
                + "[['remote_ip','10.99.0.2'],['key','5001']]],'mtu_request':['set',[]],"
                + "'bfd':['map',[]]},'uuid-name':'i0'}"),
        Arguments.of(
            new Operation.Update(
                "Port",
                List.of(Condition.row(ROW)),
                Row.EMPTY
                    .with("protected", Atom.of(true))
                    .with("interfaces", new Atom.Named("i0"))
                    .with("tag", Atom.of(-5))
                    .with("real", new Atom.Real(2.5))
                    .with("trunks", SetValue.of(Atom.of(1), Atom.of(4095)))),
            "{'op':'update','table':'Port','where':[['_uuid','==',['uuid',"
                + "'36bef046-7da7-43a5-905a-c17899216fcb']]],'row':{'protected':true,"
                + "'interfaces':['named-uuid','i0'],'tag':-5,'real':2.5,"
                + "'trunks':['set',[1,4095]]}}"),
        Arguments.of(
            new Operation.Mutate(
                "Bridge",
                List.of(new Condition("name", Condition.Function.NOT_EQUAL, Atom.of("br0"))),
                List.of(
                    Mutation.insert("ports", SetValue.of(new Atom.Named("p0"))),
                    Mutation.delete("ports", SetValue.ofUuids(List.of(ROW))),
                    Mutation.add("n", 1))),
            "{'op':'mutate','table':'Bridge','where':[['name','!=','br0']],'mutations':"
                + "[['ports','insert',['set',[['named-uuid','p0']]]],['ports','delete',['set',"
                + "[['uuid','36bef046-7da7-43a5-905a-c17899216fcb']]]],['n','+=',1]]}"),
        Arguments.of(
            new Operation.Delete(
                "Port",
                List.of(
                    new Condition("tag", Condition.Function.INCLUDES, Atom.of(1)),
                    new Condition("tag", Condition.Function.AT_LEAST, Atom.of(0)))),
            "{'op':'delete','table':'Port','where':[['tag','includes',1],['tag','>=',0]]}"),
        Arguments.of(
            new Operation.Wait(
                "Bridge",
                List.of(),
                List.of("name"),
                true,
                List.of(Row.EMPTY.with("name", "br0")),
                Duration.ZERO),
            "{'op':'wait','table':'Bridge','timeout':0,'where':[],'columns':['name'],"
                + "'until':'==','rows':[{'name':'br0'}]}"),
        Arguments.of(
            new Operation.Comment("vxland: says why"),
            "{'op':'comment','comment':'vxland: says why'}"));
  }

  @ParameterizedTest
  @MethodSource("operations")
  void operationsAreThoseOfRfc7047(Operation operation, String expected) {
    assertThat(text(MessageWriter.transact(1, "db", List.of(operation))))
        .isEqualTo("{'method':'transact','params':['db'," + expected + "],'id':1}");
  }

  @Test
  void nothingInvalidCanBeAsked() {
    assertThatThrownBy(() -> Atom.of("a\0b")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Atom.of("\ud800")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Atom.Real(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Atom.Named("0"))
        .hasMessageContaining("a name of letters, digits and _ is wanted")
        .hasMessageContaining("'0'");
    assertThatThrownBy(() -> SetValue.of(Atom.of("a"), Atom.of(1)))
        .hasMessageContaining("atoms of one type are wanted");
    assertThatThrownBy(() -> Row.EMPTY.with("a b", "c")).hasMessageContaining("'a b'");
    assertThatThrownBy(() -> Watch.of("Port")).hasMessageContaining("without columns");
    assertThatThrownBy(() -> new Operation.Comment("\0"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
