/** A runner for tests written in Rego: every rule whose name begins with {@code test_}. */
@NullMarked
package dev.sluice.rego.test;

import org.jspecify.annotations.NullMarked;
