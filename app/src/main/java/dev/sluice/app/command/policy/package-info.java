/** Policies as files and in a server: checked, tested, evaluated, laid out, changed. */
@NullMarked
package dev.sluice.app.command.policy;

import org.jspecify.annotations.NullMarked;
