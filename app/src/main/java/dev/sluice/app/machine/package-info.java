/** What the machine says about upstream registries: the configuration of npm, pip and Maven. */
@NullMarked
package dev.sluice.app.machine;

import org.jspecify.annotations.NullMarked;
