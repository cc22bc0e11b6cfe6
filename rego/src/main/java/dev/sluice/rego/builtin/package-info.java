/** The built-in functions of the policy language: their signatures, and what they do. */
@NullMarked
package dev.sluice.rego.builtin;

import org.jspecify.annotations.NullMarked;
