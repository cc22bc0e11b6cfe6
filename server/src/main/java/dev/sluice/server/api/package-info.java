/** The REST API below {@code /api}, an area a class, each giving its operations: policies in the published contract, and what is our own. */
@NullMarked
package dev.sluice.server.api;

import org.jspecify.annotations.NullMarked;
