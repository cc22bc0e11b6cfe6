package dev.sluice.rego.graphql;

import static dev.sluice.rego.graphql.Document.child;
import static dev.sluice.rego.graphql.Document.flag;
import static dev.sluice.rego.graphql.Document.list;
import static dev.sluice.rego.graphql.Document.named;
import static dev.sluice.rego.graphql.Document.text;
import static dev.sluice.rego.graphql.Document.texts;
import static dev.sluice.rego.graphql.Document.typeName;
import static dev.sluice.rego.graphql.Document.typeText;

import dev.sluice.rego.graphql.Schema.Definition;
import dev.sluice.rego.value.ObjectValue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold of a type system (GraphQL, October 2021, section 3). */
final class SchemaRules {
    private static final Set<String> OUTPUT = Set.of("SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM");

    private final Schema schema;
    private final Document document;

    SchemaRules(Schema schema, Document document) {
        this.schema = schema;
        this.document = document;
    }

    void check() throws GraphQlException {
        for (String part : List.of("Schema", "SchemaExtension")) {
            for (ObjectValue node : list(document.tree(), part)) {
                directives(list(node, "Directives"), "SCHEMA", "", true);
            }
        }
        for (Definition type : schema.types().values()) {
            definition(type);
        }
        Set<String> visited = new HashSet<>();
        for (Definition type : schema.types().values()) {
            if (type.kind().equals("INPUT_OBJECT")) {
                cycles(type, visited, new HashMap<>());
            }
        }
        for (ObjectValue directive : schema.directives().values()) {
            String name = text(directive, "Name");
            name(directive, name);
            arguments(list(directive, "Arguments"), name);
        }
    }

    private GraphQlException wrong(ObjectValue at, String message) {
        return new GraphQlException(document.position(at), message);
    }

    private void name(ObjectValue at, String name) throws GraphQlException {
        if (name.startsWith("__")) {
            throw wrong(at, reserved(name));
        }
    }

    private static String reserved(String name) {
        return "Name \"" + name + "\" must not begin with \"__\", which is reserved by GraphQL introspection";
    }

    private void definition(Definition type) throws GraphQlException {
        boolean input = type.kind().equals("INPUT_OBJECT");
        for (ObjectValue field : type.fields()) {
            name(field, text(field, "Name"));
            reference(child(field, "Type"));
            arguments(list(field, "Arguments"), "");
            directives(list(field, "Directives"), input ? "INPUT_FIELD_DEFINITION" : "FIELD_DEFINITION", "", true);
        }
        for (String member : type.members()) {
            Definition definition = schema.type(member);
            if (definition == null) {
                throw new GraphQlException(type.position(), "Undefined type \"" + member + "\"");
            }
            if (!definition.kind().equals("OBJECT")) {
                throw new GraphQlException(type.position(), type.kind() + " type \"" + member + "\" must be OBJECT");
            }
        }
        for (String one : type.interfaces()) {
            implementation(type, one);
        }
        content(type, input);
        once(type);
        if (!type.builtIn() && type.name().startsWith("__")) {
            throw new GraphQlException(type.position(), reserved(type.name()));
        }
        directives(type.directives(), type.kind(), "", false);
    }

    private void content(Definition type, boolean input) throws GraphQlException {
        switch (type.kind()) {
            case "OBJECT", "INTERFACE", "INPUT_OBJECT" -> {
                if (type.fields().isEmpty()) {
                    throw new GraphQlException(
                            type.position(),
                            type.kind() + " " + type.name() + ": must define one or more "
                                    + (input ? "input fields" : "fields"));
                }
                for (ObjectValue field : type.fields()) {
                    Definition of = schema.type(typeName(child(field, "Type")));
                    if (of != null && (input ? !of.isInput() : !OUTPUT.contains(of.kind()))) {
                        throw wrong(
                                field,
                                (input ? of.kind() + " " + text(field, "Name") : type.kind() + " " + type.name())
                                        + ": field must be one of "
                                        + (input
                                                ? "SCALAR, ENUM, INPUT_OBJECT"
                                                : "SCALAR, OBJECT, INTERFACE, UNION, ENUM"));
                    }
                }
            }
            case "ENUM" -> {
                if (type.values().isEmpty()) {
                    throw new GraphQlException(
                            type.position(), "ENUM " + type.name() + ": must define one or more unique enum values");
                }
                for (ObjectValue value : type.values()) {
                    String name = text(value, "Name");
                    if (Set.of("true", "false", "null").contains(name)) {
                        throw new GraphQlException(type.position(), "ENUM " + type.name() + ": non-enum value " + name);
                    }
                    directives(list(value, "Directives"), "ENUM_VALUE", "", true);
                }
            }
            default -> {}
        }
    }

    private void once(Definition type) throws GraphQlException {
        Set<String> seen = new HashSet<>();
        for (ObjectValue field : type.fields()) {
            if (!seen.add(text(field, "Name"))) {
                throw wrong(field, "Field " + type.name() + "." + text(field, "Name") + " can only be defined once");
            }
        }
        for (ObjectValue value : type.values()) {
            if (!seen.add(text(value, "Name"))) {
                throw wrong(
                        value, "Enum value " + type.name() + "." + text(value, "Name") + " can only be defined once");
            }
        }
        for (String member : type.members()) {
            if (!seen.add(member)) {
                throw new GraphQlException(
                        type.position(), "Union type " + type.name() + " can only include type " + member + " once");
            }
        }
    }

    private void reference(@Nullable ObjectValue type) throws GraphQlException {
        if (schema.type(typeName(type)) == null) {
            throw new GraphQlException(
                    type == null ? null : document.position(type), "Undefined type " + typeName(type));
        }
    }

    private void arguments(List<ObjectValue> arguments, String directive) throws GraphQlException {
        for (ObjectValue argument : arguments) {
            name(argument, text(argument, "Name"));
            ObjectValue type = child(argument, "Type");
            reference(type);
            Definition definition = schema.type(typeName(type));
            if (definition != null && !definition.isInput()) {
                throw wrong(
                        argument,
                        "cannot use " + typeText(type) + " as argument " + text(argument, "Name") + " because "
                                + definition.kind() + " is not a valid input type");
            }
            directives(list(argument, "Directives"), "ARGUMENT_DEFINITION", directive, true);
        }
    }

    private void directives(List<ObjectValue> used, String location, String within, boolean once)
            throws GraphQlException {
        Set<String> seen = new HashSet<>();
        for (ObjectValue one : used) {
            String name = text(one, "Name");
            name(one, name);
            if (!within.isEmpty() && name.equals(within)) {
                throw wrong(one, "Directive " + name + " cannot refer to itself");
            }
            ObjectValue definition = schema.directives().get(name);
            if (definition == null) {
                throw wrong(one, "Undefined directive " + name);
            }
            if (once && !seen.add(name) && !flag(definition, "IsRepeatable")) {
                throw wrong(one, "The directive " + name + " can only be used once at this location");
            }
            if (!texts(definition, "Locations").contains(location)) {
                throw wrong(one, "Directive " + name + " is not applicable on " + location);
            }
            for (ObjectValue argument : list(one, "Arguments")) {
                if (named(list(definition, "Arguments"), text(argument, "Name")) == null) {
                    throw wrong(argument, "Undefined argument " + text(argument, "Name") + " for directive " + name);
                }
            }
            for (ObjectValue wanted : list(definition, "Arguments")) {
                ObjectValue type = child(wanted, "Type");
                if (type != null && flag(type, "NonNull") && child(wanted, "DefaultValue") == null) {
                    ObjectValue given = named(list(one, "Arguments"), text(wanted, "Name"));
                    ObjectValue value = given == null ? null : child(given, "Value");
                    if (value == null || ValueKind.of(value) == ValueKind.NULL) {
                        throw wrong(
                                one, "Argument " + text(wanted, "Name") + " for directive " + name + " cannot be null");
                    }
                }
            }
        }
    }

    private void implementation(Definition type, String name) throws GraphQlException {
        Definition contract = schema.type(name);
        if (contract == null) {
            throw new GraphQlException(type.position(), "Undefined type \"" + name + "\"");
        }
        if (!contract.kind().equals("INTERFACE")) {
            throw new GraphQlException(type.position(), "\"" + name + "\" is a non interface type " + contract.kind());
        }
        String start = "For " + type.name() + " to implement " + name + " ";
        for (ObjectValue required : contract.fields()) {
            String field = text(required, "Name");
            ObjectValue found = named(type.fields(), field);
            if (found == null) {
                throw new GraphQlException(type.position(), start + "it must have a field called " + field);
            }
            if (!schema.isCovariant(child(required, "Type"), child(found, "Type"))) {
                throw wrong(
                        found, start + "the field " + field + " must have type " + typeText(child(required, "Type")));
            }
            for (ObjectValue argument : list(required, "Arguments")) {
                ObjectValue same = named(list(found, "Arguments"), text(argument, "Name"));
                String what = start + "the field " + field + " must have the same arguments but ";
                if (same == null) {
                    throw wrong(found, what + "it is missing " + text(argument, "Name"));
                }
                if (!Schema.isCompatible(child(argument, "Type"), child(same, "Type"))) {
                    throw wrong(same, what + text(argument, "Name") + " has the wrong type");
                }
            }
            for (ObjectValue argument : list(found, "Arguments")) {
                ObjectValue of = child(argument, "Type");
                if (named(list(required, "Arguments"), text(argument, "Name")) == null
                        && of != null
                        && flag(of, "NonNull")
                        && child(argument, "DefaultValue") == null) {
                    throw wrong(
                            argument,
                            start + "any additional arguments on " + field
                                    + " must be optional or have a default value but " + text(argument, "Name")
                                    + " is required");
                }
            }
        }
        for (String inherited : contract.interfaces()) {
            if (!type.interfaces().contains(inherited)) {
                throw new GraphQlException(
                        type.position(),
                        inherited.equals(type.name())
                                ? "Type " + type.name() + " cannot implement " + name
                                        + " because it would create a circular reference"
                                : "Type " + type.name() + " must implement " + inherited
                                        + " because it is implemented by " + name);
            }
        }
    }

    /** An input that must hold itself can never be written. */
    private void cycles(Definition type, Set<String> visited, Map<String, String> path) throws GraphQlException {
        if (!visited.add(type.name())) {
            return;
        }
        for (ObjectValue field : type.fields()) {
            ObjectValue of = child(field, "Type");
            Definition next = of != null && flag(of, "NonNull") && child(of, "Elem") == null
                    ? schema.type(text(of, "NamedType"))
                    : null;
            if (next == null || !next.kind().equals("INPUT_OBJECT")) {
                continue;
            }
            path.put(type.name(), text(field, "Name"));
            if (path.containsKey(next.name())) {
                throw wrong(
                        field,
                        "Cannot reference Input Object \"" + next.name()
                                + "\" within itself through a series of non-null fields: \""
                                + text(field, "Name") + "\"");
            }
            cycles(next, visited, path);
            path.remove(type.name());
        }
    }
}
