/** Contracts that every implementation of a port runs, fakes, a fake upstream. */
@NullMarked
package dev.sluice.testkit;

import org.jspecify.annotations.NullMarked;
