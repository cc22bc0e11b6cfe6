/** Tokens. */
@NullMarked
package dev.sluice.app.command.token;

import org.jspecify.annotations.NullMarked;
