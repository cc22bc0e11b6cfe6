package dev.sluice.rego.plan;

/** A statement joined to all that follow it. */
@FunctionalInterface
interface Node {
    /** Runs the statement and, for each way in which it holds, what follows; true asks to stop looking for more. */
    boolean exec(Frame frame);
}
