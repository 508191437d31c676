package io.vxland.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The entry of vxctl. */
public final class Main {
  private Main() {}

  /** Runs the command and exits; see vxctl(1) for the numbers. */
  public static void main(String[] arguments) {
    PrintWriter out = writer(FileDescriptor.out);
    PrintWriter err = writer(FileDescriptor.err);
    int exit = Vxctl.commandLine().setOut(out).setErr(err).execute(arguments);
    out.flush();
    err.flush();
    Runtime.getRuntime().halt(exit); // no hooks to run, and it saves their time
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }
}
