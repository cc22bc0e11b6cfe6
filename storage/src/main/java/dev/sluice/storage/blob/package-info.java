/** Blobs in a local directory, addressed by their SHA-256. */
@NullMarked
package dev.sluice.storage.blob;

import org.jspecify.annotations.NullMarked;
