/** Random programs, judged by a plain evaluator and, on request, by OPA. */
@NullMarked
package dev.sluice.rego.fuzz;

import org.jspecify.annotations.NullMarked;
