/** Maven: the repository layout, its metadata, deployment, and how repositories of that layout are asked. */
@NullMarked
package dev.sluice.formats.maven;

import org.jspecify.annotations.NullMarked;
