package dev.sluice.rego.value;

/** The seven kinds of value, declared in the order in which values of different kinds compare. */
public enum Kind {
    NULL("null"),
    BOOLEAN("boolean"),
    NUMBER("number"),
    STRING("string"),
    ARRAY("array"),
    OBJECT("object"),
    SET("set");

    private final String word;

    Kind(String word) {
        this.word = word;
    }

    /** The name as {@code type_name} and error texts spell it, for instance {@code boolean}. */
    public String word() {
        return word;
    }
}
