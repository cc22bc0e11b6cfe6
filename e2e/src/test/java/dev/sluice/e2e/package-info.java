/** Real clients against real server processes: what a person sees. */
@NullMarked
package dev.sluice.e2e;

import org.jspecify.annotations.NullMarked;
