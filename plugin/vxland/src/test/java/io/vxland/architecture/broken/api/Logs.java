package io.vxland.architecture.broken.api;

import org.slf4j.LoggerFactory;

/** A record that talks. */
public record Logs(String text) {
  /** Says it. */
  public Logs {
    LoggerFactory.getLogger(Logs.class).info(text);
  }
}
