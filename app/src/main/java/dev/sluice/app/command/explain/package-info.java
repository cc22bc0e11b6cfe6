/** What was decided, why, and who took what. */
@NullMarked
package dev.sluice.app.command.explain;

import org.jspecify.annotations.NullMarked;
