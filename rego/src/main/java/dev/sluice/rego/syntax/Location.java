package dev.sluice.rego.syntax;

import dev.sluice.rego.RegoError;

/**
 * A place in a module.
 *
 * @param file the module's name
 * @param row the line, from 1
 * @param column the column in code points, from 1
 */
public record Location(String file, int row, int column) {
    /** An error at this place. */
    public RegoError error(String code, String message) {
        return new RegoError(code, message, file, row, column);
    }
}
