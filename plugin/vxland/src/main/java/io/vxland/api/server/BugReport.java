package io.vxland.api.server;

/** Takes what no one expected. The caller of the API sees the id only. */
@FunctionalInterface
public interface BugReport {
  /**
   * Reports a bug.
   *
   * @param id what the caller was told, to find this again
   * @param request method and path of the request
   * @param cause what was thrown
   */
  void bug(String id, String request, Throwable cause);
}
