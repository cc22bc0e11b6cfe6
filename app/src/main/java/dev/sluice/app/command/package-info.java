/** The command line: what every command is made of. A package below for each thing that commands are about. */
@NullMarked
package dev.sluice.app.command;

import org.jspecify.annotations.NullMarked;
