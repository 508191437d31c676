/** Networks of vxland on real hosts, from the package to the ping. */
package io.vxland.tests.networks;
