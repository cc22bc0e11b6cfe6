/** The composition root, configuration, main, and the command line. */
@NullMarked
package dev.sluice.app;

import org.jspecify.annotations.NullMarked;
