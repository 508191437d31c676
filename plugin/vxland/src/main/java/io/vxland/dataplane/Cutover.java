package io.vxland.dataplane;

import io.vxland.model.LocalPort;
import io.vxland.model.Vtep;
import java.util.Optional;

/**
 * Single changes and questions past the reconciler, for those few that cannot wait for its turn;
 * the desired state contains the changes, too. Thread-safe.
 */
public interface Cutover extends AutoCloseable {
  /**
   * Turns what comes for a card that was paused this moment into its network's migration tunnel.
   *
   * @return whether there is such a tunnel; if not, nothing was done
   * @throws DataplaneException if it is refused
   */
  boolean redirect(LocalPort card) throws DataplaneException;

  /**
   * Turns it back to the card's tap.
   *
   * @throws DataplaneException if it is refused
   */
  void takeBack(LocalPort card) throws DataplaneException;

  /**
   * Turns what comes for a card that runs here from now on to its tap, if it would go elsewhere: to
   * where the card was heard before. Other hosts may be told of its place before its first frame.
   *
   * @throws DataplaneException if it is refused
   */
  void receive(LocalPort card) throws DataplaneException;

  /**
   * Finds out what a redirect of the card needs, so that one soon after is a single call.
   *
   * @throws DataplaneException if that cannot be asked
   */
  void prepare(LocalPort card) throws DataplaneException;

  /**
   * Behind which host a card was last heard.
   *
   * @return empty if that is not known, or cannot be asked
   * @throws DataplaneException if asking fails
   */
  Optional<Vtep> placeOf(LocalPort card) throws DataplaneException;

  /**
   * Whether one must ask when a card is heard from another host, because nobody tells ({@link
   * #sighting}).
   */
  boolean mustAskFor(LocalPort card);

  /**
   * From which host a redirected card was heard first.
   *
   * @return empty if it was not
   * @throws DataplaneException if asking fails
   */
  Optional<Sighting> sighting(LocalPort card) throws DataplaneException;

  /**
   * A card's first frame from another host.
   *
   * @param host the other host
   * @param at when it came, by {@link System#nanoTime}
   */
  record Sighting(Vtep host, long at) {}

  /** Does what costs time only once, so that the first redirect is not the slowest. */
  void warmUp();

  @Override
  void close();
}
