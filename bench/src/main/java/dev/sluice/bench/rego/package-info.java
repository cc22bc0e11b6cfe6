/** What evaluating policies costs, beside OPA's Go library. */
@NullMarked
package dev.sluice.bench.rego;

import org.jspecify.annotations.NullMarked;
