/** What is inside an artifact: declared licence, install scripts, required runtime. */
@NullMarked
package dev.sluice.inspect;

import org.jspecify.annotations.NullMarked;
