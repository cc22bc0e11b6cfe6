/** The append-only record of everything that happened. */
@NullMarked
package dev.sluice.kernel.journal;

import org.jspecify.annotations.NullMarked;
