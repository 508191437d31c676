package io.vxland.netlink4j;

import io.vxland.netlink4j.codec.Acknowledgement;
import io.vxland.netlink4j.codec.ChangeCodec;
import io.vxland.netlink4j.codec.MessageReader;
import io.vxland.netlink4j.codec.MessageWriter;
import io.vxland.netlink4j.codec.Rtm;
import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.Errno;
import io.vxland.netlink4j.model.NetlinkException;
import java.util.ArrayList;
import java.util.List;

/**
 * Many changes with few calls of the system: up to 256 messages a send, of which the last asks for
 * an acknowledgement.
 *
 * <p>The kernel goes through them in order and does not stop at one that it refuses: those behind
 * it are done all the same. Each refusal comes back, with the change and its place. So a batch is
 * no transaction, and after {@link BatchOutcome#isSuccess} is false the other changes stand.
 */
final class Batch implements Transport.Handler {
  static final int MESSAGES = 256;
  private static final int FLUSH_BYTES = Transport.SEND_BYTES / 2;

  private final Transport transport;
  private final int messagesPerSend;
  private final Change[] pending;
  private final List<Failure> failures = new ArrayList<>();
  private int pendingCount;
  private int sentCount;
  private int firstSequence;
  private int lastHeader;

  Batch(Transport transport, int messagesPerSend) {
    this.transport = transport;
    this.messagesPerSend = messagesPerSend;
    pending = new Change[messagesPerSend];
  }

  void add(Change change) throws NetlinkException {
    MessageWriter writer = transport.writer();
    int sequence = transport.nextSequence();
    if (pendingCount == 0) {
      writer.clear();
      firstSequence = sequence;
    }
    lastHeader = writer.length();
    ChangeCodec.write(writer, change, 0, sequence);
    pending[pendingCount++] = change;
    if (pendingCount == messagesPerSend || writer.length() >= FLUSH_BYTES) {
      flush();
    }
  }

  BatchOutcome finish() throws NetlinkException {
    flush();
    return new BatchOutcome(sentCount, failures);
  }

  private void flush() throws NetlinkException {
    if (pendingCount == 0) {
      return;
    }
    int last = lastSequence();
    String operation =
        "send changes " + sentCount + " to " + (sentCount + pendingCount - 1) + " of a batch";
    transport.writer().addFlags(lastHeader, Rtm.NLM_F_ACK);
    transport.send(operation);
    transport.receive(operation, firstSequence, last, this);
    sentCount += pendingCount;
    pendingCount = 0;
  }

  private int lastSequence() {
    return firstSequence + pendingCount - 1;
  }

  @Override
  public boolean message(MessageReader message) throws NetlinkException {
    if (message.type() == Rtm.NLMSG_ERROR) {
      Acknowledgement answer = Acknowledgement.read(message);
      if (!answer.isSuccess()) {
        int place = message.sequence() - firstSequence;
        refuse(place, answer);
      }
      return message.sequence() == lastSequence();
    }
    return false;
  }

  private void refuse(int place, Acknowledgement answer) throws NetlinkException {
    if (place < 0 || place >= pendingCount) {
      throw new NetlinkException("read a batch's answers", Errno.EPROTO);
    }
    Change change = pending[place];
    int index = sentCount + place;
    failures.add(new Failure(index, change, answer.toException(change + " (" + index + ")")));
  }
}
