/** The log: where lines go, in which form, and what happens when a disk cannot take them. */
@NullMarked
package dev.sluice.app.logging;

import org.jspecify.annotations.NullMarked;
