package dev.sluice.rego.builtin;

import dev.sluice.rego.value.Value;
import org.jspecify.annotations.Nullable;

/** The body of a built-in function; called by many threads at once. */
@FunctionalInterface
public interface Builtin {
    /**
     * The result for these operands, or null where it is undefined.
     *
     * @param args one value per parameter; must be neither changed nor kept
     * @throws BuiltinException if an operand has the wrong type or a value the function cannot work with
     */
    @Nullable
    Value call(CallContext ctx, Value[] args) throws BuiltinException;
}
