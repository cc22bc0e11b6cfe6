/** Looking after an installation: doctor, garbage, backups, moves. */
@NullMarked
package dev.sluice.app.command.upkeep;

import org.jspecify.annotations.NullMarked;
