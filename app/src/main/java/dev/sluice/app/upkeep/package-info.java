/** Looking after the running installation: garbage, examinations, backups, quotas. */
@NullMarked
package dev.sluice.app.upkeep;

import org.jspecify.annotations.NullMarked;
