/** The roles a package ecosystem plays towards the kernel: the SPI of the formats room. */
@NullMarked
package dev.sluice.kernel.format;

import org.jspecify.annotations.NullMarked;
