package dev.sluice.rego.graphql;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A document as a tree of objects, the form in which OPA gives it to policies and takes it back.
 *
 * @param tree the tree; absent and empty parts are left out
 * @param positions where its nodes began, as far as known
 */
public record Document(ObjectValue tree, IdentityHashMap<Value, Position> positions) {
    /** A tree that a policy made; nobody knows where its nodes stood. */
    public static Document of(ObjectValue tree) {
        return new Document(tree, new IdentityHashMap<>());
    }

    @Nullable
    Position position(Value node) {
        return positions.get(node);
    }

    static String text(ObjectValue node, String field) {
        return node.get(field) instanceof StringValue text ? text.value() : "";
    }

    static boolean flag(ObjectValue node, String field) {
        return node.get(field) == BooleanValue.TRUE;
    }

    static @Nullable ObjectValue child(ObjectValue node, String field) {
        return node.get(field) instanceof ObjectValue child ? child : null;
    }

    static List<ObjectValue> list(ObjectValue node, String field) {
        List<ObjectValue> out = new ArrayList<>();
        if (node.get(field) instanceof ArrayValue array) {
            for (Value item : array) {
                if (item instanceof ObjectValue object) {
                    out.add(object);
                }
            }
        }
        return out;
    }

    static List<String> texts(ObjectValue node, String field) {
        List<String> out = new ArrayList<>();
        if (node.get(field) instanceof ArrayValue array) {
            for (Value item : array) {
                if (item instanceof StringValue text) {
                    out.add(text.value());
                }
            }
        }
        return out;
    }

    /** The entry of that name, or null. */
    static @Nullable ObjectValue named(List<ObjectValue> nodes, String name) {
        for (ObjectValue node : nodes) {
            if (text(node, "Name").equals(name)) {
                return node;
            }
        }
        return null;
    }

    /** The name of the innermost type of a type reference. */
    static String typeName(@Nullable ObjectValue type) {
        ObjectValue inner = type;
        while (inner != null && child(inner, "Elem") != null) {
            inner = child(inner, "Elem");
        }
        return inner == null ? "" : text(inner, "NamedType");
    }

    /** A type reference as it is written. */
    static String typeText(@Nullable ObjectValue type) {
        if (type == null) {
            return "";
        }
        ObjectValue element = child(type, "Elem");
        String inner = element == null ? text(type, "NamedType") : "[" + typeText(element) + "]";
        return inner + (flag(type, "NonNull") ? "!" : "");
    }
}
