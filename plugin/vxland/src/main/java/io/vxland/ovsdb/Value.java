package io.vxland.ovsdb;

/**
 * The value of a column: an atom, a set of atoms, or a map from atoms to atoms (RFC 7047, 5.1). A
 * set of one element and that element are the same to a server, which writes the element; {@link
 * Row} reads both alike.
 */
public sealed interface Value permits Atom, SetValue, MapValue {}
