package dev.sluice.rego.builtin;

import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Yaml;
import dev.sluice.rego.value.YamlFault;
import dev.sluice.rego.value.YamlWriter;

/** {@code yaml.*}. */
final class Yamls {
    private Yamls() {}

    static void declare(Registry registry) {
        registry.add("yaml.marshal", "(x: any) -> y: string", (_, args) -> StringValue.of(YamlWriter.write(args[0])));
        registry.add("yaml.unmarshal", "(x: string) -> y: any", (ctx, args) -> {
            String text = Operands.string(args, 0);
            ctx.reserve((long) Encodings.READ * text.length());
            try {
                return Yaml.read(text);
            } catch (YamlFault fault) {
                throw BuiltinException.value(String.valueOf(fault.getMessage()));
            }
        });
        registry.add("yaml.is_valid", "(x: string) -> result: boolean", (_, args) -> {
            if (!(args[0] instanceof StringValue text)) {
                return BooleanValue.FALSE;
            }
            try {
                Yaml.read(text.value());
                return BooleanValue.TRUE;
            } catch (YamlFault fault) {
                return BooleanValue.FALSE;
            }
        });
    }
}
