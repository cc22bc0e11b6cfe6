/** The front door: HTTP in, formats and operations asked, bytes out. */
@NullMarked
package dev.sluice.server;

import org.jspecify.annotations.NullMarked;
