/** Everything that is not a blob, in SQL tables: one embedded SQLite database per concern. */
@NullMarked
package dev.sluice.storage.sql;

import org.jspecify.annotations.NullMarked;
