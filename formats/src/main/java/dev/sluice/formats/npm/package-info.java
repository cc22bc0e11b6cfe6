/** The npm registry protocol: packuments, tarballs, publishing, and what npm, pnpm, yarn and bun ask beside them. */
@NullMarked
package dev.sluice.formats.npm;

import org.jspecify.annotations.NullMarked;
