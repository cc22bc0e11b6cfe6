package dev.sluice.rego.syntax;

/**
 * A comment of a module.
 *
 * @param row its line, from 1
 * @param start the offset of its number sign
 * @param text what follows the number sign, without blanks at the end
 * @param ownLine whether nothing else stands before it on its line
 */
public record Comment(int row, int start, String text, boolean ownLine) {}
