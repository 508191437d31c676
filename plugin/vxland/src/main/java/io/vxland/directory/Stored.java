package io.vxland.directory;

/**
 * An entry as the store has it.
 *
 * @param entry the entry
 * @param revision the store's, of the entry's last change; from 1
 * @param since when it was heard first that it is so: {@link System#nanoTime}
 */
public record Stored(Entry entry, long revision, long since) {}
