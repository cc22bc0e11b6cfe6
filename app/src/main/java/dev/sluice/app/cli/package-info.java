/** The command line: every command, its options and its help. */
@NullMarked
package dev.sluice.app.cli;

import org.jspecify.annotations.NullMarked;
