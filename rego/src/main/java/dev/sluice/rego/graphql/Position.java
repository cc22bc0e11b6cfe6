package dev.sluice.rego.graphql;

/**
 * A place in a document.
 *
 * @param line from 1
 * @param column in code points, from 1
 */
record Position(int line, int column) {}
