package dev.sluice.rego;

import dev.sluice.rego.analysis.Analysis;
import dev.sluice.rego.syntax.Module;
import dev.sluice.rego.syntax.Parser;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The compiler of the policy language: Rego v1 as OPA 1.22.2 defines it. */
public final class Rego {
    private Rego() {}

    /**
     * Compiles modules that may call every builtin.
     *
     * @throws RegoException when a module is wrong; carries all errors of the first stage that found any
     */
    public static Program compile(List<SourceFile> modules) {
        return compile(modules, Capabilities.ALL);
    }

    /**
     * Compiles modules.
     *
     * @throws RegoException when a module is wrong; carries all errors of the first stage that found any
     */
    public static Program compile(List<SourceFile> modules, Capabilities capabilities) {
        return compile(modules, capabilities, Schemas.NONE);
    }

    /**
     * Compiles modules and checks them against the schemas of the documents they will see.
     *
     * @throws RegoException when a module is wrong; carries all errors of the first stage that found any
     */
    public static Program compile(List<SourceFile> modules, Capabilities capabilities, Schemas schemas) {
        return compile(modules, capabilities, schemas, module -> module);
    }

    /**
     * Compiles modules that are not quite what is written.
     *
     * @param change gives what takes the place of a module as parsed, asked in their order
     * @throws RegoException when a module is wrong; carries all errors of the first stage that found any
     */
    public static Program compile(
            List<SourceFile> modules, Capabilities capabilities, Schemas schemas, UnaryOperator<Module> change) {
        try {
            return compiled(modules, capabilities, schemas, change);
        } catch (RegoException wrong) {
            throw new RegoException(
                    wrong.errors().stream().map(e -> placed(e, modules)).toList());
        }
    }

    /** The error with the line that it is on. */
    private static RegoError placed(RegoError error, List<SourceFile> modules) {
        for (SourceFile module : modules) {
            if (module.name().equals(error.file())) {
                return error.in(module.text());
            }
        }
        return error;
    }

    private static Program compiled(
            List<SourceFile> modules, Capabilities capabilities, Schemas schemas, UnaryOperator<Module> change) {
        List<Module> parsed = new ArrayList<>();
        List<RegoError> errors = new ArrayList<>();
        for (SourceFile source : modules) {
            try {
                parsed.add(change.apply(Parser.parse(source)));
            } catch (StackOverflowError tooDeep) {
                errors.add(new RegoError(RegoError.PARSE, "the module is nested too deep", source.name(), 1, 1));
            } catch (RegoException wrong) {
                errors.addAll(wrong.errors());
            }
        }
        if (!errors.isEmpty()) {
            throw new RegoException(errors);
        }
        try {
            Analysis analysis = Analysis.of(parsed, capabilities, schemas);
            return new Program(
                    analysis,
                    analysis.warnings().stream().map(w -> placed(w, modules)).toList());
        } catch (StackOverflowError tooDeep) {
            String file = modules.isEmpty() ? "" : modules.getFirst().name();
            throw new RegoException(new RegoError(RegoError.COMPILE, "rules are nested too deep", file, 1, 1));
        }
    }
}
