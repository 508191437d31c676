package io.vxland.netlink4j;

import io.vxland.netlink4j.codec.ChangeCodec;
import io.vxland.netlink4j.codec.MessageReader;
import io.vxland.netlink4j.codec.MessageWriter;
import io.vxland.netlink4j.codec.Rtm;
import io.vxland.netlink4j.jna.KernelSocket;
import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.Errno;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.NetlinkException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** A kernel that does badly what a real one does badly only now and then. */
final class FakeKernel implements KernelSocket {
  static final int PORT_ID = 4711;

  private final Queue<Object> answers = new ArrayDeque<>();
  private final List<Integer> requests = new ArrayList<>();
  private Reaction reaction = (request, kernel) -> {};

  /** What the kernel does about a request. */
  interface Reaction {
    void to(MessageReader request, FakeKernel kernel) throws NetlinkException;
  }

  RtnetlinkConnection connection() {
    return new RtnetlinkConnection(new Transport(this, java.time.Duration.ofMillis(50)));
  }

  void reacts(Reaction to) {
    reaction = to;
  }

  /** Types of the messages that came. */
  List<Integer> requests() {
    return requests;
  }

  /** Answers with an entry. */
  void entry(FdbEntry entry, int flags, int sequence, int portId) {
    MessageWriter writer = new MessageWriter(128);
    ChangeCodec.write(writer, Change.create(entry), 0, sequence);
    byte[] bytes = writer.toBytes();
    header(bytes, Rtm.NEWNEIGH, flags | Rtm.NLM_F_MULTI, sequence, portId);
    answers.add(bytes);
  }

  /** Answers with the end of a dump. */
  void done(int flags, int sequence) {
    byte[] bytes = new byte[20];
    header(bytes, Rtm.NLMSG_DONE, flags, sequence, PORT_ID);
    answers.add(bytes);
  }

  /** Answers with an acknowledgement, or a refusal with text and offset 20. */
  void acknowledge(int errno, String text, int sequence) {
    MessageWriter writer = new MessageWriter(128);
    writer.begin(Rtm.NLMSG_ERROR, Rtm.NLM_F_CAPPED | Rtm.NLM_F_ACK_TLVS, sequence);
    writer.u32(-errno);
    writer.u32(16);
    writer.u32(0);
    writer.u32(sequence);
    writer.u32(PORT_ID);
    if (!text.isEmpty()) {
      writer.attributeString(1, text);
      writer.attributeU32(2, 20);
    }
    writer.end();
    byte[] bytes = writer.toBytes();
    header(bytes, Rtm.NLMSG_ERROR, Rtm.NLM_F_CAPPED | Rtm.NLM_F_ACK_TLVS, sequence, PORT_ID);
    answers.add(bytes);
  }

  /** Fails the next receive. */
  void fail(int errno) {
    answers.add(errno);
  }

  private static void header(byte[] bytes, int type, int flags, int sequence, int portId) {
    java.nio.ByteBuffer.wrap(bytes)
        .order(java.nio.ByteOrder.nativeOrder())
        .putInt(bytes.length)
        .putShort((short) type)
        .putShort((short) flags)
        .putInt(sequence)
        .putInt(portId);
  }

  @Override
  public int portId() {
    return PORT_ID;
  }

  @Override
  public int interfaceIndex(byte[] name) {
    return -Errno.ENODEV;
  }

  @Override
  public int setNetlinkOption(int option, int value) {
    return -Errno.ENOPROTOOPT;
  }

  @Override
  public void setReceiveBuffer(int bytes) {}

  @Override
  public int send(byte[] bytes, int length) {
    MessageReader reader = new MessageReader();
    reader.reset(bytes, length);
    try {
      while (reader.next()) {
        requests.add(reader.type());
        reaction.to(reader, this);
      }
    } catch (NetlinkException e) {
      throw new AssertionError(e);
    }
    return length;
  }

  @Override
  public int receive(byte[] into) {
    Object next = answers.poll();
    if (next instanceof byte[] bytes) {
      System.arraycopy(bytes, 0, into, 0, bytes.length);
      return bytes.length;
    }
    return next instanceof Integer errno ? -errno : -Errno.EAGAIN;
  }

  /** Nothing more will come: the wait is over at once, and the caller looks at its clock. */
  @Override
  public int await(int timeoutMillis) {
    return 0;
  }

  @Override
  public void close() {}
}
