package dev.sluice.rego.graphql;

/** Reads and checks GraphQL documents. Texts and verdicts are those of the library that OPA uses. */
public final class GraphQl {
    private GraphQl() {}

    /**
     * An executable document: operations and fragments.
     *
     * @throws GraphQlException when it is malformed
     */
    public static Document parseQuery(String text) throws GraphQlException {
        return new QueryParser(text).parse();
    }

    /**
     * A type system document, without the types that every schema has.
     *
     * @throws GraphQlException when it is malformed
     */
    public static Document parseSchema(String text) throws GraphQlException {
        return new SchemaParser(text).parse();
    }

    /**
     * Checks a type system document.
     *
     * @throws GraphQlException when it is no valid schema
     */
    public static Schema schema(Document document) throws GraphQlException {
        return Schema.of(document);
    }

    /**
     * Checks a query against a schema.
     *
     * @throws GraphQlException with the first rule of the specification (section 5) that it breaks
     */
    public static void validate(Schema schema, Document query) throws GraphQlException {
        new QueryRules(schema, query).check();
    }
}
