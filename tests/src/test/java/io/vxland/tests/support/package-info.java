/**
 * What the tests on real kernels share: bounded commands, network namespaces, JSON of their tools.
 */
package io.vxland.tests.support;
