/** Who asks, with what, and what they may do. */
@NullMarked
package dev.sluice.kernel.access;

import org.jspecify.annotations.NullMarked;
