/** Test keys to what only the gate can make. */
@NullMarked
package dev.sluice.kernel.gate;

import org.jspecify.annotations.NullMarked;
