/** Advisories and the matching of versions against them. */
@NullMarked
package dev.sluice.kernel.advisory;

import org.jspecify.annotations.NullMarked;
