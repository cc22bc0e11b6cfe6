/** Package ecosystems: each folder translates one protocol to the kernel and back. */
@NullMarked
package dev.sluice.formats;

import org.jspecify.annotations.NullMarked;
