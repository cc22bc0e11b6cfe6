/** Repositories, their upstreams and reserved names, and what is kept of packages. */
@NullMarked
package dev.sluice.kernel.repository;

import org.jspecify.annotations.NullMarked;
