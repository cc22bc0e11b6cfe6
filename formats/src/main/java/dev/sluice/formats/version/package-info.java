/** The version orders of the ecosystems. */
@NullMarked
package dev.sluice.formats.version;

import org.jspecify.annotations.NullMarked;
