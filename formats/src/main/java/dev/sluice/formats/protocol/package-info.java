/** What protocols have in common, once: a package that every format may know and that knows none. */
@NullMarked
package dev.sluice.formats.protocol;

import org.jspecify.annotations.NullMarked;
