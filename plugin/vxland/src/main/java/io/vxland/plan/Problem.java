package io.vxland.plan;

/**
 * Something that keeps a network from being as wanted and that an administrator has to settle.
 *
 * @param subject the network, device or entry
 * @param message what is wrong and what to do
 */
public record Problem(String subject, String message) implements Comparable<Problem> {
  @Override
  public int compareTo(Problem other) {
    int bySubject = subject.compareTo(other.subject);
    return bySubject != 0 ? bySubject : message.compareTo(other.message);
  }

  @Override
  public String toString() {
    return subject + ": " + message;
  }
}
