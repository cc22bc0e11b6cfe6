/** Policies as files: how they are written and read, the directory that is watched, those of a new installation. */
@NullMarked
package dev.sluice.app.policies;

import org.jspecify.annotations.NullMarked;
