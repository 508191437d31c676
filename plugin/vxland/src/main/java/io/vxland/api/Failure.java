package io.vxland.api;

/**
 * The body of an answer that is not 200.
 *
 * @param kind why, for programs
 * @param message what was not done, why, and what to do
 */
public record Failure(ApiException.Kind kind, String message) {}
