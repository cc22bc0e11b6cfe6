package dev.sluice.rego.graphql;

import static dev.sluice.rego.graphql.Document.child;
import static dev.sluice.rego.graphql.Document.flag;
import static dev.sluice.rego.graphql.Document.list;
import static dev.sluice.rego.graphql.Document.named;
import static dev.sluice.rego.graphql.Document.text;
import static dev.sluice.rego.graphql.Document.typeName;
import static dev.sluice.rego.graphql.Document.typeText;

import dev.sluice.rego.graphql.QueryRules.Variables;
import dev.sluice.rego.graphql.Schema.Definition;
import dev.sluice.rego.value.ObjectValue;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether values fit the types at which they stand (GraphQL, October 2021, sections 5.6 and 5.8). */
final class ValueRules {
    private static final Set<String> BUILT_IN = Set.of("Int", "Float", "String", "Boolean", "ID");

    private final Schema schema;
    private final Document query;

    ValueRules(Schema schema, Document query) {
        this.schema = schema;
        this.query = query;
    }

    void check(ObjectValue value, ObjectValue type, Variables variables) throws GraphQlException {
        check(value, type, false, variables);
    }

    /** @param hasDefault whether the place has a value of its own when none is given */
    void check(ObjectValue value, ObjectValue type, boolean hasDefault, Variables variables) throws GraphQlException {
        ValueKind kind = ValueKind.of(value);
        ObjectValue element = child(type, "Elem");
        switch (kind) {
            case VARIABLE -> variable(value, type, hasDefault, variables);
            case NULL -> {
                if (flag(type, "NonNull")) {
                    throw wrong(value, "Expected value of type \"" + typeText(type) + "\", found null");
                }
            }
            case LIST -> {
                if (element == null) {
                    Definition definition = schema.type(typeName(type));
                    if (definition != null && isKnown(definition)) {
                        throw unexpected(value, type);
                    }
                    return;
                }
                for (ObjectValue child : list(value, "Children")) {
                    ObjectValue inner = child(child, "Value");
                    if (inner != null) {
                        check(inner, element, variables);
                    }
                }
            }
            default -> {
                // One value stands for a list of it.
                ObjectValue of = element == null ? type : element;
                for (ObjectValue deeper = child(of, "Elem"); deeper != null; deeper = child(of, "Elem")) {
                    of = deeper;
                }
                single(value, kind, of, variables);
            }
        }
    }

    private static boolean isKnown(Definition definition) {
        return !definition.kind().equals("SCALAR") || BUILT_IN.contains(definition.name());
    }

    private GraphQlException wrong(ObjectValue at, String message) {
        return new GraphQlException(query.position(at), message);
    }

    private GraphQlException unexpected(ObjectValue value, ObjectValue type) {
        return wrong(value, typeText(type) + " cannot represent value: " + written(value));
    }

    private void single(ObjectValue value, ValueKind kind, ObjectValue type, Variables variables)
            throws GraphQlException {
        Definition definition = schema.type(typeName(type));
        if (definition == null || !isKnown(definition)) {
            if (kind == ValueKind.OBJECT) {
                unchecked(value, variables);
            }
            return;
        }
        if (kind == ValueKind.OBJECT) {
            object(value, definition, variables);
            return;
        }
        if (definition.kind().equals("ENUM")) {
            String name = definition.name();
            if (kind != ValueKind.ENUM) {
                throw wrong(value, "Enum \"" + name + "\" cannot represent non-enum value: " + written(value));
            }
            if (named(definition.values(), text(value, "Raw")) == null) {
                throw wrong(value, "Value \"" + text(value, "Raw") + "\" does not exist in \"" + name + "\" enum");
            }
            return;
        }
        boolean fits = switch (kind) {
            case INT -> Set.of("Int", "Float", "ID").contains(definition.name());
            case FLOAT -> definition.name().equals("Float");
            case STRING, BLOCK -> Set.of("String", "ID").contains(definition.name());
            case BOOLEAN -> definition.name().equals("Boolean");
            default -> false;
        };
        if (!fits) {
            throw unexpected(value, type);
        }
    }

    private void unchecked(ObjectValue value, Variables variables) throws GraphQlException {
        for (ObjectValue child : list(value, "Children")) {
            ObjectValue inner = child(child, "Value");
            if (inner != null && ValueKind.of(inner) == ValueKind.VARIABLE) {
                defined(inner, variables);
            } else if (inner != null) {
                unchecked(inner, variables);
            }
        }
    }

    private void object(ObjectValue value, Definition definition, Variables variables) throws GraphQlException {
        if (!definition.kind().equals("INPUT_OBJECT")) {
            throw wrong(value, definition.name() + " cannot represent value: " + written(value));
        }
        List<ObjectValue> given = list(value, "Children");
        Set<String> seen = new HashSet<>();
        for (ObjectValue child : given) {
            String name = text(child, "Name");
            if (!seen.add(name)) {
                throw wrong(child, "There can be only one input field named \"" + name + "\"");
            }
            ObjectValue field = named(definition.fields(), name);
            if (field == null) {
                throw wrong(child, "Field \"" + name + "\" is not defined by type \"" + definition.name() + "\"");
            }
            ObjectValue type = child(field, "Type");
            ObjectValue inner = child(child, "Value");
            if (type != null && inner != null) {
                check(inner, type, child(field, "DefaultValue") != null, variables);
            }
        }
        for (ObjectValue field : definition.fields()) {
            ObjectValue type = child(field, "Type");
            if (type != null
                    && flag(type, "NonNull")
                    && child(field, "DefaultValue") == null
                    && !seen.contains(text(field, "Name"))) {
                throw wrong(
                        value,
                        "Field \"" + definition.name() + "." + text(field, "Name") + "\" of required type \""
                                + typeText(type) + "\" was not provided");
            }
        }
        if (named(definition.directives(), "oneOf") != null
                && (given.size() != 1 || isNull(child(given.getFirst(), "Value")))) {
            throw wrong(value, "OneOf Input Object \"" + definition.name() + "\" must specify exactly one key");
        }
    }

    private static boolean isNull(@org.jspecify.annotations.Nullable ObjectValue value) {
        return value == null || ValueKind.of(value) == ValueKind.NULL;
    }

    private ObjectValue defined(ObjectValue value, Variables variables) throws GraphQlException {
        String name = text(value, "Raw");
        ObjectValue definition = variables.defined().get(name);
        if (definition == null) {
            throw wrong(value, "Variable \"$" + name + "\" is not defined");
        }
        variables.used().add(name);
        return definition;
    }

    private void variable(ObjectValue value, ObjectValue type, boolean hasDefault, Variables variables)
            throws GraphQlException {
        ObjectValue definition = defined(value, variables);
        ObjectValue given = child(definition, "Type");
        if (given == null) {
            return;
        }
        ObjectValue own = child(definition, "DefaultValue");
        boolean filled = hasDefault || (own != null && ValueKind.of(own) != ValueKind.NULL);
        ObjectValue wanted = flag(type, "NonNull") && !flag(given, "NonNull") && filled ? nullable(type) : type;
        if (!Schema.isCompatible(given, wanted)) {
            throw wrong(
                    value,
                    "Variable \"$" + text(value, "Raw") + "\" of type \"" + typeText(given)
                            + "\" used in position expecting type \"" + typeText(type) + "\"");
        }
    }

    private static ObjectValue nullable(ObjectValue type) {
        ObjectValue.Builder out = ObjectValue.builder();
        for (ObjectValue.Entry entry : type.entries()) {
            if (!entry.key().equals(dev.sluice.rego.value.StringValue.of("NonNull"))) {
                out.put(entry.key(), entry.value());
            }
        }
        return out.build();
    }

    private static String writtenValue(ObjectValue child) {
        ObjectValue value = child(child, "Value");
        return value == null ? "" : written(value);
    }

    private static String written(ObjectValue value) {
        String raw = text(value, "Raw");
        return switch (ValueKind.of(value)) {
            case VARIABLE -> "$" + raw;
            case STRING, BLOCK -> '"' + raw + '"';
            case LIST ->
                list(value, "Children").stream().map(c -> writtenValue(c)).collect(Collectors.joining(",", "[", "]"));
            case OBJECT ->
                list(value, "Children").stream()
                        .map(c -> text(c, "Name") + ":" + writtenValue(c))
                        .collect(Collectors.joining(",", "{", "}"));
            default -> raw;
        };
    }
}
