/** Bad input and bad days on a real host: a clear error, nothing changed, other VMs untouched. */
package io.vxland.tests.badinput;
