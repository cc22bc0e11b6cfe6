/** Several nodes on shared stores in memory. */
@NullMarked
package dev.sluice.testkit.node;

import org.jspecify.annotations.NullMarked;
