/** What the operating system offers and the JDK does not: sd_notify(3) and signals. */
package io.vxland.os;
