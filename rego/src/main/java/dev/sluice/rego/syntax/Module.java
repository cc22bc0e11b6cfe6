package dev.sluice.rego.syntax;

import dev.sluice.rego.RegoError;
import java.util.List;

/**
 * A parsed module.
 *
 * @param file its name in errors
 * @param packagePath the package below {@code data}, without {@code data}
 * @param annotations the METADATA blocks above the package line
 * @param annotationErrors what is wrong with METADATA blocks, which then count as plain comments
 */
public record Module(
        String file,
        Location location,
        List<String> packagePath,
        List<Annotations> annotations,
        List<Import> imports,
        List<Rule> rules,
        List<RegoError> annotationErrors) {
    public Module {
        packagePath = List.copyOf(packagePath);
        annotations = List.copyOf(annotations);
        imports = List.copyOf(imports);
        rules = List.copyOf(rules);
        annotationErrors = List.copyOf(annotationErrors);
    }
}
