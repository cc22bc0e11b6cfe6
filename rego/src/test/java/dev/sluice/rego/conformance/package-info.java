/** OPA's own suite, run against this engine. */
@NullMarked
package dev.sluice.rego.conformance;

import org.jspecify.annotations.NullMarked;
