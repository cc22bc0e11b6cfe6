/** Tests of the front door against a listening server. */
@NullMarked
package dev.sluice.server;

import org.jspecify.annotations.NullMarked;
