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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold of an executable document (GraphQL, October 2021, section 5). One instance checks one document. */
final class QueryRules {
    private final Schema schema;
    private final Document query;
    private final ValueRules values;
    private final Map<String, ObjectValue> fragments = new LinkedHashMap<>();

    QueryRules(Schema schema, Document query) {
        this.schema = schema;
        this.query = query;
        this.values = new ValueRules(schema, query);
    }

    void check() throws GraphQlException {
        List<ObjectValue> operations = list(query.tree(), "Operations");
        for (ObjectValue fragment : list(query.tree(), "Fragments")) {
            if (fragments.putIfAbsent(text(fragment, "Name"), fragment) != null) {
                throw wrong(fragment, "There can be only one fragment named \"" + text(fragment, "Name") + "\"");
            }
        }
        Set<String> names = new HashSet<>();
        Set<String> used = new HashSet<>();
        for (ObjectValue operation : operations) {
            String name = text(operation, "Name");
            if (name.isEmpty() && operations.size() > 1) {
                throw wrong(operation, "This anonymous operation must be the only defined operation");
            }
            if (!names.add(name)) {
                throw wrong(operation, "There can be only one operation named \"" + name + "\"");
            }
            operation(operation, used);
        }
        for (ObjectValue fragment : fragments.values()) {
            Definition type = composite(
                    fragment,
                    text(fragment, "TypeCondition"),
                    "Fragment \"" + text(fragment, "Name") + "\" cannot condition on non composite type");
            directives(list(fragment, "Directives"), "FRAGMENT_DEFINITION");
            selections(list(fragment, "SelectionSet"), type);
            new Overlaps(schema, query, fragments).check(fragment, type);
            if (!used.contains(text(fragment, "Name"))) {
                throw wrong(fragment, "Fragment \"" + text(fragment, "Name") + "\" is never used");
            }
        }
    }

    private GraphQlException wrong(ObjectValue at, String message) {
        return new GraphQlException(query.position(at), message);
    }

    private void operation(ObjectValue operation, Set<String> usedFragments) throws GraphQlException {
        String kind = text(operation, "Operation");
        Definition root = schema.root(kind);
        if (root == null) {
            throw wrong(operation, "Schema does not support operation type \"" + kind + "\"");
        }
        Map<String, ObjectValue> variables = new LinkedHashMap<>();
        for (ObjectValue variable : list(operation, "VariableDefinitions")) {
            String name = text(variable, "Variable");
            if (variables.put(name, variable) != null) {
                throw wrong(variable, "There can be only one variable named \"$" + name + "\"");
            }
            ObjectValue type = child(variable, "Type");
            Definition definition = schema.type(typeName(type));
            if (definition == null) {
                throw wrong(variable, "Unknown type \"" + typeName(type) + "\"");
            }
            if (!definition.isInput()) {
                throw wrong(variable, "Variable \"$" + name + "\" cannot be non-input type \"" + typeText(type) + "\"");
            }
            ObjectValue initial = child(variable, "DefaultValue");
            if (initial != null && type != null) {
                values.check(initial, type, new Variables(Map.of(), new HashSet<>()));
            }
            directives(list(variable, "Directives"), "VARIABLE_DEFINITION");
        }
        directives(list(operation, "Directives"), kind.toUpperCase(Locale.ROOT));
        selections(list(operation, "SelectionSet"), root);
        if (kind.equals("subscription")) {
            single(operation);
        }
        new Overlaps(schema, query, fragments).check(operation, root);
        Variables scope = new Variables(variables, new HashSet<>());
        Set<String> spread = new HashSet<>();
        variables(list(operation, "SelectionSet"), root, scope, spread, new HashSet<>());
        for (ObjectValue directive : list(operation, "Directives")) {
            arguments(directive, schema.directives().get(text(directive, "Name")), scope);
        }
        usedFragments.addAll(spread);
        for (Map.Entry<String, ObjectValue> variable : variables.entrySet()) {
            if (!scope.used().contains(variable.getKey())) {
                String name = text(operation, "Name");
                throw wrong(
                        variable.getValue(),
                        "Variable \"$" + variable.getKey() + "\" is never used"
                                + (name.isEmpty() ? "" : " in operation \"" + name + "\""));
            }
        }
    }

    /** The variables of an operation and those that were used so far. */
    record Variables(Map<String, ObjectValue> defined, Set<String> used) {}

    private void single(ObjectValue operation) throws GraphQlException {
        List<ObjectValue> fields = list(operation, "SelectionSet");
        if (fields.size() > 1
                || (fields.size() == 1 && text(fields.getFirst(), "Name").startsWith("__"))) {
            String name = text(operation, "Name");
            throw wrong(
                    fields.getLast(),
                    (name.isEmpty() ? "Anonymous Subscription" : "Subscription \"" + name + "\"")
                            + (fields.size() > 1
                                    ? " must select only one top level field"
                                    : " must not select an introspection top level field"));
        }
    }

    private Definition composite(ObjectValue at, String name, String message) throws GraphQlException {
        Definition type = schema.type(name);
        if (type == null) {
            throw wrong(at, "Unknown type \"" + name + "\"");
        }
        if (!type.isComposite()) {
            throw wrong(at, message + " \"" + name + "\"");
        }
        return type;
    }

    private void selections(List<ObjectValue> selections, Definition parent) throws GraphQlException {
        for (ObjectValue selection : selections) {
            if (selection.get("Alias") != null) {
                field(selection, parent);
            } else if (selection.get("SelectionSet") != null) {
                String condition = text(selection, "TypeCondition");
                Definition type = condition.isEmpty()
                        ? parent
                        : composite(selection, condition, "Fragment cannot condition on non composite type");
                possible(selection, "", type, parent);
                directives(list(selection, "Directives"), "INLINE_FRAGMENT");
                selections(list(selection, "SelectionSet"), type);
            } else {
                String name = text(selection, "Name");
                ObjectValue fragment = fragments.get(name);
                if (fragment == null) {
                    throw wrong(selection, "Unknown fragment \"" + name + "\"");
                }
                Definition type = schema.type(text(fragment, "TypeCondition"));
                if (type != null) {
                    possible(selection, " \"" + name + "\"", type, parent);
                }
                directives(list(selection, "Directives"), "FRAGMENT_SPREAD");
            }
        }
    }

    private void possible(ObjectValue at, String name, Definition type, Definition parent) throws GraphQlException {
        if (!schema.possibleTypes(type.name()).isEmpty() || type.isAbstract()) {
            Set<String> common = new HashSet<>(schema.possibleTypes(type.name()));
            common.retainAll(schema.possibleTypes(parent.name()));
            if (common.isEmpty()) {
                throw wrong(
                        at,
                        "Fragment" + name + " cannot be spread here as objects of type \"" + parent.name()
                                + "\" can never be of type \"" + type.name() + "\"");
            }
        }
    }

    private void field(ObjectValue field, Definition parent) throws GraphQlException {
        String name = text(field, "Name");
        ObjectValue definition = schema.field(parent, name);
        if (definition == null) {
            throw wrong(field, "Cannot query field \"" + name + "\" on type \"" + parent.name() + "\"");
        }
        known(field, definition, "field \"" + parent.name() + "." + name + "\"");
        required(field, definition, "Field \"" + name + "\"");
        directives(list(field, "Directives"), "FIELD");
        ObjectValue of = child(definition, "Type");
        Definition type = schema.type(typeName(of));
        List<ObjectValue> below = list(field, "SelectionSet");
        if (type == null) {
            return;
        }
        if (type.isLeaf() && !below.isEmpty()) {
            throw wrong(
                    field,
                    "Field \"" + name + "\" must not have a selection since type \"" + typeText(of)
                            + "\" has no subfields");
        }
        if (!type.isLeaf() && below.isEmpty()) {
            throw wrong(
                    field,
                    "Field \"" + name + "\" of type \"" + typeText(of) + "\" must have a selection of subfields");
        }
        selections(below, type);
    }

    private void known(ObjectValue node, ObjectValue definition, String where) throws GraphQlException {
        Set<String> seen = new HashSet<>();
        for (ObjectValue argument : list(node, "Arguments")) {
            String name = text(argument, "Name");
            if (named(list(definition, "Arguments"), name) == null) {
                throw wrong(argument, "Unknown argument \"" + name + "\" on " + where);
            }
            if (!seen.add(name)) {
                throw wrong(argument, "There can be only one argument named \"" + name + "\"");
            }
        }
    }

    private void required(ObjectValue node, ObjectValue definition, String what) throws GraphQlException {
        for (ObjectValue wanted : list(definition, "Arguments")) {
            ObjectValue type = child(wanted, "Type");
            if (type != null
                    && flag(type, "NonNull")
                    && child(wanted, "DefaultValue") == null
                    && named(list(node, "Arguments"), text(wanted, "Name")) == null) {
                throw wrong(
                        node,
                        what + " argument \"" + text(wanted, "Name") + "\" of type \"" + typeText(type)
                                + "\" is required, but it was not provided");
            }
        }
    }

    private void directives(List<ObjectValue> used, String location) throws GraphQlException {
        Set<String> seen = new HashSet<>();
        for (ObjectValue directive : used) {
            String name = text(directive, "Name");
            ObjectValue definition = schema.directives().get(name);
            if (definition == null) {
                throw wrong(directive, "Unknown directive \"@" + name + "\"");
            }
            if (!texts(definition, "Locations").contains(location)) {
                throw wrong(directive, "Directive \"@" + name + "\" may not be used on " + location);
            }
            if (!seen.add(name) && !flag(definition, "IsRepeatable")) {
                throw wrong(directive, "The directive \"@" + name + "\" can only be used once at this location");
            }
            known(directive, definition, "directive \"@" + name + "\"");
            required(directive, definition, "Directive \"@" + name + "\"");
        }
    }

    /** Checks every value of an operation and what it spreads, with the operation's variables. */
    private void variables(
            List<ObjectValue> selections, Definition parent, Variables scope, Set<String> spread, Set<String> path)
            throws GraphQlException {
        for (ObjectValue selection : selections) {
            for (ObjectValue directive : list(selection, "Directives")) {
                arguments(directive, schema.directives().get(text(directive, "Name")), scope);
            }
            if (selection.get("Alias") != null) {
                ObjectValue definition = schema.field(parent, text(selection, "Name"));
                arguments(selection, definition, scope);
                Definition type = definition == null ? null : schema.type(typeName(child(definition, "Type")));
                if (type != null) {
                    variables(list(selection, "SelectionSet"), type, scope, spread, path);
                }
            } else if (selection.get("SelectionSet") != null) {
                Definition type = schema.type(text(selection, "TypeCondition"));
                variables(list(selection, "SelectionSet"), type == null ? parent : type, scope, spread, path);
            } else {
                String name = text(selection, "Name");
                ObjectValue fragment = fragments.get(name);
                if (!path.add(name)) {
                    throw wrong(selection, "Cannot spread fragment \"" + name + "\" within itself");
                }
                if (fragment != null && spread.add(name)) {
                    Definition type = schema.type(text(fragment, "TypeCondition"));
                    variables(list(fragment, "SelectionSet"), type == null ? parent : type, scope, spread, path);
                }
                path.remove(name);
            }
        }
    }

    private void arguments(ObjectValue node, @Nullable ObjectValue definition, Variables scope)
            throws GraphQlException {
        if (definition == null) {
            return;
        }
        for (ObjectValue argument : list(node, "Arguments")) {
            ObjectValue wanted = named(list(definition, "Arguments"), text(argument, "Name"));
            ObjectValue type = wanted == null ? null : child(wanted, "Type");
            ObjectValue value = child(argument, "Value");
            if (type != null && value != null && wanted != null) {
                values.check(value, type, child(wanted, "DefaultValue") != null, scope);
            }
        }
    }
}
