/** Analysed modules turned into trees of closures, and the state they run on. */
@NullMarked
package dev.sluice.rego.plan;

import org.jspecify.annotations.NullMarked;
