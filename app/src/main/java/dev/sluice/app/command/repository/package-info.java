/** Repositories, their upstreams, quotas and caches. */
@NullMarked
package dev.sluice.app.command.repository;

import org.jspecify.annotations.NullMarked;
