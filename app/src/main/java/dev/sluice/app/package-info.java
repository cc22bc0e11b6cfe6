/**
 * The program: {@code main} and the table of its commands. Everything else of this room lies by purpose in the packages below
 * ({@code docs/adr/028}).
 */
@NullMarked
package dev.sluice.app;

import org.jspecify.annotations.NullMarked;
