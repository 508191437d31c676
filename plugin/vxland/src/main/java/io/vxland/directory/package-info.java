/**
 * What hosts tell each other through a store that all of them watch: who is there, which networks
 * there are, and where each card is. Pure: the store itself is a control plane's.
 *
 * <p>Each host writes under its own name only, so that the store can keep others from it. Of two
 * that claim a card, the one with the higher sequence has it.
 */
package io.vxland.directory;
