/** Measures the whole product beside a named peer, and its hottest parts alone. Nothing here is a test; run it by hand. */
@NullMarked
package dev.sluice.bench;

import org.jspecify.annotations.NullMarked;
