/** Looking after what is kept: garbage collection, checks, backups. */
@NullMarked
package dev.sluice.storage.upkeep;

import org.jspecify.annotations.NullMarked;
