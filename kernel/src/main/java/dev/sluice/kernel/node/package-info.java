/** How several nodes on one database agree: catching up with each other before deciding, and taking turns. */
@NullMarked
package dev.sluice.kernel.node;

import org.jspecify.annotations.NullMarked;
