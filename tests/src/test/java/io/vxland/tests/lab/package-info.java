/** Real hypervisors on this machine: the scripts of {@code tests/lab} as Java methods. */
package io.vxland.tests.lab;
