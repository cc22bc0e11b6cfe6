/** A formatter for modules: the layout of {@code opa fmt}. */
@NullMarked
package dev.sluice.rego.format;

import org.jspecify.annotations.NullMarked;
