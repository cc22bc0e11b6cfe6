/** The way out: an HTTP client for upstreams that bounds time and bytes and cannot be steered inward. */
@NullMarked
package dev.sluice.upstream;

import org.jspecify.annotations.NullMarked;
