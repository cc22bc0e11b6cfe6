package dev.sluice.rego.builtin;

import dev.sluice.rego.value.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A built-in function with its signature.
 *
 * @param name the full name, for instance {@code json.marshal}; operators have names too ({@code plus}, {@code lt})
 * @param parameters one per operand
 * @param result what it returns
 * @param relation whether it returns an array of alternative results, each of which the caller takes in turn (walk)
 * @param nondeterministic whether equal operands may give different results within one program run (time.now_ns)
 * @param clockAware whether the body itself tells the context when a {@link dev.sluice.rego.value.ClockNumber} among
 *     its operands changes the result; otherwise {@link #call} assumes that any change of the operand does
 * @param body what it does
 */
public record BuiltinDeclaration(
        String name,
        List<Parameter> parameters,
        Parameter result,
        boolean relation,
        boolean nondeterministic,
        boolean clockAware,
        Builtin body) {

    /** How many operands it takes. */
    public int arity() {
        return parameters.size();
    }

    /** The types of the operands. */
    public List<Type> argTypes() {
        return parameters.stream().map(Parameter::type).toList();
    }

    /** The type of the result. */
    public Type resultType() {
        return result.type();
    }

    /**
     * Calls the function: this, and not the body, is what an evaluator uses.
     *
     * @throws BuiltinException with a message that begins with the name of the function
     */
    public @Nullable Value call(CallContext ctx, Value[] args) throws BuiltinException {
        Value[] operands = args;
        if (!clockAware) {
            for (int i = 0; i < args.length; i++) {
                if (args[i].dependsOnClock()) {
                    operands = operands == args ? args.clone() : operands;
                    operands[i] = Clocks.freeze(ctx, args[i]);
                }
            }
        }
        try {
            return body.call(ctx, operands);
        } catch (BuiltinException failure) {
            throw failure.in(name);
        } catch (ArithmeticException | NumberFormatException outOfRange) {
            throw BuiltinException.value(name + ": " + outOfRange.getMessage()); // numbers have no end, memory has
        }
    }
}
