package io.vxland.architecture.broken.daemon;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import org.apache.commons.configuration2.INIConfiguration;
import org.eclipse.jetty.server.Server;
import org.libvirt.Connect;
import picocli.CommandLine;

/** Does everything by itself. */
public final class UsesLibraries {
  private UsesLibraries() {}

  /** Names the libraries. */
  public static List<Class<?>> libraries() {
    return List.of(
        XMLInputFactory.class,
        INIConfiguration.class,
        Server.class,
        Connect.class,
        PrometheusTextFormatWriter.class,
        CommandLine.class);
  }
}
