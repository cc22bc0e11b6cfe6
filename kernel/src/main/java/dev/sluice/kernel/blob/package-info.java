/** Immutable bytes addressed by SHA-256: the port and its values. */
@NullMarked
package dev.sluice.kernel.blob;

import org.jspecify.annotations.NullMarked;
