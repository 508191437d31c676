package io.vxland.netlink4j.model;

import java.util.Locale;

/**
 * One message that changes something.
 *
 * @param verb what is done
 * @param subject to what
 */
public record Change(Verb verb, Subject subject) {
  /** What is done. The kernel decides what is the same thing: see README.md. */
  public enum Verb {
    /** Makes it; EEXIST if it is there. */
    CREATE,
    /** Makes it, or puts it in place of the one that is there. */
    REPLACE,
    /** Adds it to those there: another destination of a MAC, another next hop. */
    APPEND,
    /** Changes what is there; an error if it is not. */
    CHANGE,
    /** Removes it. */
    DELETE;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Change {
    boolean fits =
        switch (verb) {
          case CREATE, REPLACE -> !(subject instanceof BridgePortSpec);
          case APPEND -> subject instanceof FdbEntry || subject instanceof Route;
          case CHANGE -> true;
          case DELETE -> !(subject instanceof BridgePortSpec);
        };
    if (!fits) {
      throw new IllegalArgumentException("rtnetlink cannot " + verb.word() + " " + subject);
    }
  }

  public static Change create(Subject subject) {
    return new Change(Verb.CREATE, subject);
  }

  public static Change replace(Subject subject) {
    return new Change(Verb.REPLACE, subject);
  }

  public static Change append(Subject subject) {
    return new Change(Verb.APPEND, subject);
  }

  public static Change change(Subject subject) {
    return new Change(Verb.CHANGE, subject);
  }

  public static Change delete(Subject subject) {
    return new Change(Verb.DELETE, subject);
  }

  /** For people and for error messages. */
  @Override
  public String toString() {
    return verb.word() + " " + subject;
  }
}
