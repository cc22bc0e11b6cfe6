/** Tests of the test runner. */
@NullMarked
package dev.sluice.rego.test;

import org.jspecify.annotations.NullMarked;
