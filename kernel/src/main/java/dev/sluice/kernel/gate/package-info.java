/** The one door: every release of bytes is located, obtained, verified, judged and recorded here. */
@NullMarked
package dev.sluice.kernel.gate;

import org.jspecify.annotations.NullMarked;
