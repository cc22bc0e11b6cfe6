/** How commands of the same user reach the server that runs here. */
@NullMarked
package dev.sluice.app.control;

import org.jspecify.annotations.NullMarked;
