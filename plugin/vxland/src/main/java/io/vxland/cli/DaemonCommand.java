package io.vxland.cli;

import io.vxland.api.ApiException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;

/** A command that asks the daemon for one thing and shows the answer. */
abstract class DaemonCommand implements Callable<Integer> {
  private final Vxctl vxctl;

  DaemonCommand(Vxctl vxctl) {
    this.vxctl = vxctl;
  }

  @Override
  public final Integer call() throws ApiException, UnreachableException {
    byte[] answer = ask(vxctl.daemon());
    PrintWriter out = vxctl.out();
    if (vxctl.json()) {
      out.println(new String(answer, StandardCharsets.UTF_8));
    }
    int exit = show(answer);
    out.flush();
    return exit;
  }

  /** Asks. */
  abstract byte[] ask(DaemonClient daemon) throws ApiException, UnreachableException;

  /** Shows the answer to people, unless it was shown to a program, and says how to exit. */
  private int show(byte[] answer) throws ApiException {
    try {
      return vxctl.json() ? exit(answer) : print(answer, vxctl.out(), vxctl.views());
    } catch (ApiException e) {
      throw DaemonClient.notUnderstood(e);
    }
  }

  /** Prints the answer and says how to exit. */
  abstract int print(byte[] answer, PrintWriter out, Views views) throws ApiException;

  /** How to exit after an answer that a program reads. */
  int exit(byte[] answer) throws ApiException {
    return Exit.OK;
  }
}
