/** Which addresses a card has, by the frames that it sends: values and rules, without I/O. */
package io.vxland.snoop;
