package io.vxland.api.server;

import io.vxland.api.ApiException;

/**
 * A request that is understood: what it needs and what it does.
 *
 * @param changes whether it needs root
 * @param bodyLimit most bytes of the body; 0 for a request without one
 * @param action what it does with the body
 */
record Call(boolean changes, int bodyLimit, Action action) {

  /** What a request does. */
  @FunctionalInterface
  interface Action {
    Answer run(byte[] body) throws ApiException;
  }
}
