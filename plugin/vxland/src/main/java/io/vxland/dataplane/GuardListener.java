package io.vxland.dataplane;

import io.vxland.model.InterfaceName;
import java.util.SortedSet;

/** Gets to know when somebody else has taken away what delivers frames of migrations. */
public interface GuardListener {
  /** One that does not want to know. */
  GuardListener NONE =
      new GuardListener() {
        @Override
        public void taken(SortedSet<InterfaceName> tunnels) {}

        @Override
        public void restored() {}
      };

  /** The chains of some tunnels, or rules in them, were gone when they were read. */
  void taken(SortedSet<InterfaceName> tunnels);

  /** All is as it should be again. */
  void restored();
}
