package dev.sluice.rego.builtin;

import dev.sluice.rego.RegoError;
import dev.sluice.rego.RegoException;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.syntax.AstJson;
import dev.sluice.rego.syntax.Parser;
import dev.sluice.rego.value.BooleanValue;

/** {@code rego.parse_module}, and the functions that only say something: {@code print} and {@code trace}. */
final class Modules {
    private Modules() {}

    static void declare(Registry registry) {
        // Takes any number of operands; the analysis knows.
        registry.add("print", "() -> any", (_, _) -> BooleanValue.TRUE);
        registry.add("trace", "(note: string) -> result: boolean", (_, args) -> {
            Operands.string(args, 0);
            return BooleanValue.TRUE;
        });
        registry.add(
                "rego.parse_module", "(filename: string, rego: string) -> output: object[string: any]", (_, args) -> {
                    try {
                        return AstJson.of(
                                Parser.parse(new SourceFile(Operands.string(args, 0), Operands.string(args, 1))));
                    } catch (RegoException wrong) {
                        RegoError first = wrong.errors().getFirst();
                        throw BuiltinException.value("1 error occurred: " + first.file() + ":" + first.row() + ": "
                                + first.code() + ": " + first.message());
                    }
                });
    }
}
