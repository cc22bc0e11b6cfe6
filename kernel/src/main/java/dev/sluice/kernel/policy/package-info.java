/** Policies, what one said (verdict) and what all of them said together (decision). */
@NullMarked
package dev.sluice.kernel.policy;

import org.jspecify.annotations.NullMarked;
