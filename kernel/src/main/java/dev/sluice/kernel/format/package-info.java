/** The protocol half of a format, above the gate: requests, responses, endpoints. The other half is {@link dev.sluice.kernel.ecosystem}. */
@NullMarked
package dev.sluice.kernel.format;

import org.jspecify.annotations.NullMarked;
