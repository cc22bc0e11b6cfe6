/** What the world knows about packages: OSV advisories, EPSS scores, the KEV catalogue. */
@NullMarked
package dev.sluice.feeds;

import org.jspecify.annotations.NullMarked;
