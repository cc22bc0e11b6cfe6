/** The journal as append-only segment files, with an SQL index that follows them. */
@NullMarked
package dev.sluice.storage.journal;

import org.jspecify.annotations.NullMarked;
