package dev.sluice.rego.syntax;

/**
 * {@code with target as value}.
 *
 * @param target input, data or something below, or the name of a function
 * @param value what stands there instead
 */
public record With(Location location, Term target, Term value) {}
