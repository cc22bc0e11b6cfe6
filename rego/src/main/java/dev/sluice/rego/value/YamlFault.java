package dev.sluice.rego.value;

/** Says why a text is no YAML. */
public final class YamlFault extends RuntimeException {
    private final int line;

    YamlFault(String message, int line) {
        super("yaml: line " + line + ": " + message, null, false, false);
        this.line = line;
    }

    /** The line, from 1. */
    public int line() {
        return line;
    }
}
