/** What opens rooms and connects them: {@link dev.sluice.app.wiring.Installation} says what is made of what. */
@NullMarked
package dev.sluice.app.wiring;

import org.jspecify.annotations.NullMarked;
