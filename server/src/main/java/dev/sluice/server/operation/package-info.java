/** What the server answers itself, beside the formats: operations, calls of them, and problems as every client can read them. */
@NullMarked
package dev.sluice.server.operation;

import org.jspecify.annotations.NullMarked;
