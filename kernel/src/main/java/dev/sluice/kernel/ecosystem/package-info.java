/** What the gate asks of a package ecosystem: names, versions, purls, how upstreams are asked; no protocol. */
@NullMarked
package dev.sluice.kernel.ecosystem;

import org.jspecify.annotations.NullMarked;
