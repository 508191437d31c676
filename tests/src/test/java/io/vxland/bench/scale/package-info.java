/** What tests/bench/scale tells etcd: hosts that are not there, with their networks and cards. */
package io.vxland.bench.scale;
