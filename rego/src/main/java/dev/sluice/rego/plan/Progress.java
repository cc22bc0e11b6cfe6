package dev.sluice.rego.plan;

import dev.sluice.rego.syntax.Expr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells which literal of a body was never satisfied. */
record Progress(List<Expr> literals) {
    @Nullable
    Expr failed(Frame frame) {
        return frame.reached < literals.size() ? literals.get(frame.reached) : null;
    }
}
