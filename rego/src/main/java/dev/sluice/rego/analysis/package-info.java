/** What a set of parsed modules means: names resolved, rules checked, bodies put into a safe order. */
@NullMarked
package dev.sluice.rego.analysis;

import org.jspecify.annotations.NullMarked;
