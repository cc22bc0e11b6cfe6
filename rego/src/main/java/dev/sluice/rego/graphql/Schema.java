package dev.sluice.rego.graphql;

import static dev.sluice.rego.graphql.Document.child;
import static dev.sluice.rego.graphql.Document.flag;
import static dev.sluice.rego.graphql.Document.list;
import static dev.sluice.rego.graphql.Document.named;
import static dev.sluice.rego.graphql.Document.text;
import static dev.sluice.rego.graphql.Document.texts;
import static dev.sluice.rego.graphql.Document.typeName;

import dev.sluice.rego.value.ObjectValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A type system whose names are resolved. Immutable once made. */
public final class Schema {
    private static final Set<String> REDECLARABLE =
            Set.of("include", "skip", "deprecated", "specifiedBy", "defer", "oneOf");

    private final Map<String, Definition> types = new TreeMap<>();
    private final Map<String, ObjectValue> directives = new TreeMap<>();
    private final Map<String, Set<String>> possible = new HashMap<>();
    private final Map<String, String> roots = new HashMap<>();

    private Schema() {}

    /** A type with everything its extensions add. */
    record Definition(
            String kind,
            String name,
            @Nullable Position position,
            boolean builtIn,
            List<ObjectValue> directives,
            List<String> interfaces,
            List<ObjectValue> fields,
            List<String> members,
            List<ObjectValue> values) {
        boolean isComposite() {
            return kind.equals("OBJECT") || isAbstract();
        }

        boolean isAbstract() {
            return kind.equals("INTERFACE") || kind.equals("UNION");
        }

        boolean isLeaf() {
            return kind.equals("SCALAR") || kind.equals("ENUM");
        }

        boolean isInput() {
            return isLeaf() || kind.equals("INPUT_OBJECT");
        }
    }

    static Schema of(Document document) throws GraphQlException {
        Schema schema = new Schema();
        Document prelude = new SchemaParser(Prelude.TEXT).parse();
        schema.define(prelude, true);
        schema.define(document, false);
        schema.extend(document);
        schema.relate();
        schema.defineDirectives(prelude);
        schema.defineDirectives(document);
        schema.entries(document);
        new SchemaRules(schema, document).check();
        schema.inferRoots(list(document.tree(), "Schema").isEmpty());
        return schema;
    }

    private void define(Document document, boolean builtIn) throws GraphQlException {
        for (ObjectValue node : list(document.tree(), "Definitions")) {
            String name = text(node, "Name");
            if (types.containsKey(name)) {
                throw new GraphQlException(document.position(node), "Cannot redeclare type " + name);
            }
            boolean reserved = builtIn || flag(node, "BuiltIn");
            types.put(name, definition(node, document.position(node), reserved));
        }
    }

    private static Definition definition(ObjectValue node, @Nullable Position position, boolean builtIn) {
        return new Definition(
                text(node, "Kind"),
                text(node, "Name"),
                position,
                builtIn,
                new ArrayList<>(list(node, "Directives")),
                new ArrayList<>(texts(node, "Interfaces")),
                new ArrayList<>(list(node, "Fields")),
                new ArrayList<>(texts(node, "Types")),
                new ArrayList<>(list(node, "EnumValues")));
    }

    private void extend(Document document) throws GraphQlException {
        for (ObjectValue node : list(document.tree(), "Extensions")) {
            Definition extension = definition(node, document.position(node), false);
            Definition base = types.get(extension.name);
            if (base == null) {
                types.put(extension.name, extension);
                continue;
            }
            if (!base.kind.equals(extension.kind)) {
                throw new GraphQlException(
                        extension.position,
                        "Cannot extend type " + base.name + " because the base type is a " + base.kind + ", not "
                                + extension.kind);
            }
            base.directives.addAll(extension.directives);
            base.interfaces.addAll(extension.interfaces);
            base.fields.addAll(extension.fields);
            base.members.addAll(extension.members);
            base.values.addAll(extension.values);
        }
    }

    private void relate() {
        for (Definition type : types.values()) {
            for (String member : type.members) {
                possible(type.name).add(member);
            }
            for (String one : type.interfaces) {
                possible(one).add(type.name);
            }
            if (type.kind.equals("OBJECT") || type.kind.equals("INPUT_OBJECT")) {
                possible(type.name).add(type.name);
            }
        }
    }

    private Set<String> possible(String type) {
        return possible.computeIfAbsent(type, t -> new LinkedHashSet<>());
    }

    private void defineDirectives(Document document) throws GraphQlException {
        for (ObjectValue node : list(document.tree(), "Directives")) {
            String name = text(node, "Name");
            if (directives.put(name, node) != null && !REDECLARABLE.contains(name)) {
                throw new GraphQlException(document.position(node), "Cannot redeclare directive " + name);
            }
        }
    }

    private void entries(Document document) throws GraphQlException {
        List<ObjectValue> schemas = new ArrayList<>(list(document.tree(), "Schema"));
        if (schemas.size() > 1) {
            throw new GraphQlException(
                    document.position(schemas.get(1)),
                    "Cannot have multiple schema entry points, consider schema extensions instead");
        }
        schemas.addAll(list(document.tree(), "SchemaExtension"));
        for (ObjectValue schema : schemas) {
            for (ObjectValue entry : list(schema, "OperationTypes")) {
                String type = text(entry, "Type");
                if (!types.containsKey(type)) {
                    throw new GraphQlException(
                            document.position(entry),
                            "Schema root " + text(entry, "Operation") + " refers to a type " + type
                                    + " that does not exist");
                }
                roots.put(text(entry, "Operation"), type);
            }
        }
    }

    private void inferRoots(boolean unnamed) {
        if (unnamed) {
            for (String name : List.of("Query", "Mutation", "Subscription")) {
                if (types.containsKey(name)) {
                    roots.putIfAbsent(name.toLowerCase(java.util.Locale.ROOT), name);
                }
            }
        }
    }

    Map<String, Definition> types() {
        return types;
    }

    @Nullable
    Definition type(String name) {
        return types.get(name);
    }

    Map<String, ObjectValue> directives() {
        return directives;
    }

    /** The type at the root of an operation, or null. */
    @Nullable
    Definition root(String operation) {
        String name = roots.get(operation);
        return name == null ? null : types.get(name);
    }

    /** The objects that a value of the type may be. */
    Set<String> possibleTypes(String type) {
        return possible.getOrDefault(type, Set.of());
    }

    /** The field of a type, also those that every type has; null where there is none. */
    @Nullable
    ObjectValue field(Definition type, String name) {
        if (name.equals("__typename") && type.isComposite()) {
            return MetaFields.TYPENAME;
        }
        if (type.name().equals(roots.get("query"))) {
            if (name.equals("__schema")) {
                return MetaFields.SCHEMA;
            }
            if (name.equals("__type")) {
                return MetaFields.TYPE;
            }
        }
        return named(type.fields(), name);
    }

    /** Whether a value of type {@code actual} can stand where {@code required} is promised. */
    boolean isCovariant(@Nullable ObjectValue required, @Nullable ObjectValue actual) {
        if (required == null || actual == null) {
            return false;
        }
        if (flag(required, "NonNull") && !flag(actual, "NonNull")) {
            return false;
        }
        ObjectValue element = child(required, "Elem");
        if (element == null) {
            return child(actual, "Elem") == null
                    && (typeName(required).equals(typeName(actual))
                            || possibleTypes(typeName(required)).contains(typeName(actual)));
        }
        return isCovariant(element, child(actual, "Elem"));
    }

    /** Whether a value of type {@code given} goes where {@code wanted} is expected. */
    static boolean isCompatible(@Nullable ObjectValue given, @Nullable ObjectValue wanted) {
        if (given == null || wanted == null) {
            return given == null && wanted == null;
        }
        ObjectValue element = child(given, "Elem");
        ObjectValue wantedElement = child(wanted, "Elem");
        if (!text(given, "NamedType").equals(text(wanted, "NamedType"))
                || (element == null) != (wantedElement == null)
                || (element != null && !isCompatible(element, wantedElement))) {
            return false;
        }
        return !flag(wanted, "NonNull") || flag(given, "NonNull");
    }
}
