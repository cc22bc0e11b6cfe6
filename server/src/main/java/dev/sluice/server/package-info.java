/** HTTP: the registry front door, the REST API, authentication, the why page. */
@NullMarked
package dev.sluice.server;

import org.jspecify.annotations.NullMarked;
