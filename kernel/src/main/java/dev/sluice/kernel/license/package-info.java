/** What packages declare about their licence, and what of it is an SPDX licence. */
@NullMarked
package dev.sluice.kernel.license;

import org.jspecify.annotations.NullMarked;
