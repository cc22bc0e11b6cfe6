/** Feeds: imported, synced, looked at. */
@NullMarked
package dev.sluice.app.command.feed;

import org.jspecify.annotations.NullMarked;
