/** Running a server, and pointing clients and people at it. */
@NullMarked
package dev.sluice.app.command.serve;

import org.jspecify.annotations.NullMarked;
