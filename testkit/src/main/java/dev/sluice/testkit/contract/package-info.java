/** What every implementation of a port must do, as JUnit tests an implementation's test inherits. */
@NullMarked
package dev.sluice.testkit.contract;

import org.jspecify.annotations.NullMarked;
