/** What an installation is told to do: flags, environment, one YAML file, defaults, each value with its origin. */
@NullMarked
package dev.sluice.app.config;

import org.jspecify.annotations.NullMarked;
