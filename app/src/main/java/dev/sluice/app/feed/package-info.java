/** Feeds of the running server: imports of files, and syncs by the clock or when somebody asks. */
@NullMarked
package dev.sluice.app.feed;

import org.jspecify.annotations.NullMarked;
