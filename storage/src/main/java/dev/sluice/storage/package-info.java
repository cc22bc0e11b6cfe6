/** Where things are kept: blobs in a directory, the journal in segment files, everything else in SQL. */
@NullMarked
package dev.sluice.storage;

import org.jspecify.annotations.NullMarked;
