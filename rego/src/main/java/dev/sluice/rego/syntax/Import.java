package dev.sluice.rego.syntax;

import java.util.List;

/**
 * {@code import path as alias}.
 *
 * @param path the root ({@code data}, {@code input}, {@code rego}, {@code future}) and the names below it
 * @param alias the name it has in the module, the last part of the path when not written
 */
public record Import(Location location, List<String> path, String alias) {
    public Import {
        path = List.copyOf(path);
    }
}
