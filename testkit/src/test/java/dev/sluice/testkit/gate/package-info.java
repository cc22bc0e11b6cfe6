/** Tests of the gate at its public face, over stores in memory and a small made-up format. */
@NullMarked
package dev.sluice.testkit.gate;

import org.jspecify.annotations.NullMarked;
