/** The Python Package Index protocol: simple index, files with their side-cars, legacy upload and legacy JSON. */
@NullMarked
package dev.sluice.formats.pypi;

import org.jspecify.annotations.NullMarked;
