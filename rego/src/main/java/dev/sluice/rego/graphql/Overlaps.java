package dev.sluice.rego.graphql;

import static dev.sluice.rego.graphql.Document.child;
import static dev.sluice.rego.graphql.Document.flag;
import static dev.sluice.rego.graphql.Document.list;
import static dev.sluice.rego.graphql.Document.text;
import static dev.sluice.rego.graphql.Document.typeName;
import static dev.sluice.rego.graphql.Document.typeText;

import dev.sluice.rego.graphql.Schema.Definition;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether fields that answer under the same name can be one (GraphQL, October 2021, section 5.3.2). The work is
 * bounded, since it grows with the square of the fields at every level.
 */
final class Overlaps {
    private static final int MAX_PAIRS = 200_000;

    private final Schema schema;
    private final Document query;
    private final Map<String, ObjectValue> fragments;
    private int pairs;

    Overlaps(Schema schema, Document query, Map<String, ObjectValue> fragments) {
        this.schema = schema;
        this.query = query;
        this.fragments = fragments;
    }

    /** A field, the type it is asked of, and what that type says of it. */
    private record Asked(
            ObjectValue field, Definition parent, @Nullable ObjectValue definition) {
        @Nullable
        ObjectValue type() {
            return definition == null ? null : child(definition, "Type");
        }
    }

    void check(ObjectValue holder, Definition parent) throws GraphQlException {
        Map<String, List<Asked>> fields = new LinkedHashMap<>();
        collect(list(holder, "SelectionSet"), parent, fields, new HashSet<>());
        check(fields);
    }

    private void collect(
            List<ObjectValue> selections, Definition parent, Map<String, List<Asked>> out, Set<String> seen) {
        for (ObjectValue selection : selections) {
            if (selection.get("Alias") != null) {
                out.computeIfAbsent(text(selection, "Alias"), a -> new ArrayList<>())
                        .add(new Asked(selection, parent, schema.field(parent, text(selection, "Name"))));
            } else if (selection.get("SelectionSet") != null) {
                Definition type = schema.type(text(selection, "TypeCondition"));
                collect(list(selection, "SelectionSet"), type == null ? parent : type, out, seen);
            } else {
                ObjectValue fragment = fragments.get(text(selection, "Name"));
                if (fragment != null && seen.add(text(selection, "Name"))) {
                    Definition type = schema.type(text(fragment, "TypeCondition"));
                    collect(list(fragment, "SelectionSet"), type == null ? parent : type, out, seen);
                }
            }
        }
    }

    private void check(Map<String, List<Asked>> fields) throws GraphQlException {
        for (Map.Entry<String, List<Asked>> same : fields.entrySet()) {
            List<Asked> all = same.getValue();
            for (int i = 0; i < all.size(); i++) {
                for (int j = i + 1; j < all.size(); j++) {
                    String reason = conflict(all.get(i), all.get(j));
                    if (reason != null) {
                        throw new GraphQlException(
                                query.position(all.get(i).field),
                                "Fields \"" + same.getKey() + "\" conflict because " + reason
                                        + ". Use different aliases on the fields to fetch both if this was intentional");
                    }
                }
            }
            Map<String, List<Asked>> below = new LinkedHashMap<>();
            Set<String> seen = new HashSet<>();
            for (Asked one : all) {
                Definition type = schema.type(typeName(one.type()));
                if (type != null) {
                    collect(list(one.field, "SelectionSet"), type, below, seen);
                }
            }
            if (!below.isEmpty()) {
                check(below);
            }
        }
    }

    private @Nullable String conflict(Asked a, Asked b) throws GraphQlException {
        if (++pairs > MAX_PAIRS) {
            throw new GraphQlException(null, "the query has too many fields of the same name");
        }
        boolean together = a.parent.name().equals(b.parent.name())
                || !a.parent.kind().equals("OBJECT")
                || !b.parent.kind().equals("OBJECT");
        if (together) {
            String one = text(a.field, "Name");
            String other = text(b.field, "Name");
            if (!one.equals(other)) {
                return "\"" + one + "\" and \"" + other + "\" are different fields";
            }
            if (!arguments(a.field).equals(arguments(b.field))) {
                return "they have differing arguments";
            }
        }
        if (differ(a.type(), b.type())) {
            return "they return conflicting types \"" + typeText(a.type()) + "\" and \"" + typeText(b.type()) + "\"";
        }
        return null;
    }

    private static Map<String, @Nullable Value> arguments(ObjectValue field) {
        Map<String, @Nullable Value> out = new HashMap<>();
        for (ObjectValue argument : list(field, "Arguments")) {
            out.put(text(argument, "Name"), argument.get("Value"));
        }
        return out;
    }

    private boolean differ(@Nullable ObjectValue a, @Nullable ObjectValue b) {
        if (a == null || b == null) {
            return false;
        }
        ObjectValue inA = child(a, "Elem");
        ObjectValue inB = child(b, "Elem");
        if ((inA == null) != (inB == null) || flag(a, "NonNull") != flag(b, "NonNull")) {
            return true;
        }
        if (inA != null) {
            return differ(inA, inB);
        }
        Definition one = schema.type(text(a, "NamedType"));
        Definition other = schema.type(text(b, "NamedType"));
        return one != null
                && other != null
                && (one.isLeaf() || other.isLeaf())
                && !one.name().equals(other.name());
    }
}
