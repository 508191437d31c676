/**
 * {@link io.vxland.api.Operations} as HTTP and JSON on a Unix socket, under {@code /v1/}. Jetty
 * speaks HTTP; who may do what, limits and errors are decided here.
 */
package io.vxland.api.server;
