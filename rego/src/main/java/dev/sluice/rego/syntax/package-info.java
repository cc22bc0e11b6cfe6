/** The text of a Rego module: lexer, parser and the tree they make. */
@NullMarked
package dev.sluice.rego.syntax;

import org.jspecify.annotations.NullMarked;
