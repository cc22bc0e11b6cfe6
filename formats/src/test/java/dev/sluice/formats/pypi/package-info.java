/** Tests of the Python Package Index protocol. */
@NullMarked
package dev.sluice.formats.pypi;

import org.jspecify.annotations.NullMarked;
