/** Pages for people and machines that watch: start page, the reason of a refusal, health, figures. */
@NullMarked
package dev.sluice.server.page;

import org.jspecify.annotations.NullMarked;
