package dev.sluice.rego.syntax;

import java.util.List;

/**
 * A parsed module.
 *
 * @param file its name in errors
 * @param packagePath the package below {@code data}, without {@code data}
 * @param annotations the METADATA blocks above the package line
 */
public record Module(
        String file,
        Location location,
        List<String> packagePath,
        List<Annotations> annotations,
        List<Import> imports,
        List<Rule> rules) {
    public Module {
        packagePath = List.copyOf(packagePath);
        annotations = List.copyOf(annotations);
        imports = List.copyOf(imports);
        rules = List.copyOf(rules);
    }
}
