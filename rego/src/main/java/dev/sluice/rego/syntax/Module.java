package dev.sluice.rego.syntax;

import java.util.List;

/**
 * A parsed module.
 *
 * @param file its name in errors
 * @param packagePath the package below {@code data}, without {@code data}
 * @param annotations the METADATA block above the package line
 */
public record Module(
        String file,
        Location location,
        List<String> packagePath,
        Annotations annotations,
        List<Import> imports,
        List<Rule> rules) {
    public Module {
        packagePath = List.copyOf(packagePath);
        imports = List.copyOf(imports);
        rules = List.copyOf(rules);
    }
}
