/** Values that name artifacts and their bytes; they depend on nothing. */
@NullMarked
package dev.sluice.kernel.artifact;

import org.jspecify.annotations.NullMarked;
