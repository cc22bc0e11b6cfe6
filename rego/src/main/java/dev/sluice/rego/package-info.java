/** The policy language: Rego v1 parsed, checked, compiled and evaluated. Knows nothing of packages. */
@NullMarked
package dev.sluice.rego;

import org.jspecify.annotations.NullMarked;
