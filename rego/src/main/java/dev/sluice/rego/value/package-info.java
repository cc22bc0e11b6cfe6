/** The values of the policy language: immutable, ordered as OPA orders them, read from and written as JSON. */
@NullMarked
package dev.sluice.rego.value;

import org.jspecify.annotations.NullMarked;
