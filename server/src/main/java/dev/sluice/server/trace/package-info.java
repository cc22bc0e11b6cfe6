/** What became of requests and where their time went, told to a collector of OpenTelemetry. */
@NullMarked
package dev.sluice.server.trace;

import org.jspecify.annotations.NullMarked;
