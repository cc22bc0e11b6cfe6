/** The REST API below {@code /api}: policies in the published contract, and what is our own. */
@NullMarked
package dev.sluice.server.api;

import org.jspecify.annotations.NullMarked;
