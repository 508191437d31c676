package io.vxland.architecture.broken.dataplane;

import com.sun.jna.Memory;
import io.vxland.architecture.broken.plan.ReadsFiles;
import java.io.IOException;

/** A driver with native code of its own. */
public final class CallsLibc {
  private final Memory memory = new Memory(8);

  /** Uses the planner, which uses this. */
  public String plan() throws IOException {
    return memory.size() + ReadsFiles.read();
  }
}
