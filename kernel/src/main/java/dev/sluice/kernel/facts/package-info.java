/** All that is known of a version, with explicit unknown, and its rendering for policies. */
@NullMarked
package dev.sluice.kernel.facts;

import org.jspecify.annotations.NullMarked;
