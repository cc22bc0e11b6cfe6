package dev.sluice.server.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the members of an object and collects everything that is wrong with them. Members nobody asks for are ignored, unless told otherwise. */
final class Fields {

    private final ObjectNode object;
    private final Map<String, List<String>> faults = new LinkedHashMap<>();
    private final Set<String> asked = new TreeSet<>();

    Fields(ObjectNode object) {
        this.object = object;
    }

    private @Nullable JsonNode member(String name) {
        asked.add(name);
        return object.get(name);
    }

    /** Text; with no fallback it must be there. Null counts as empty where a fallback exists. */
    String text(String name, @Nullable String fallback, int maxLength) {
        JsonNode node = member(name);
        if (node == null) {
            if (fallback == null) {
                fault(name, "This field is required.");
            }
            return fallback == null ? "" : fallback;
        }
        if (node.isNull()) {
            if (fallback == null) {
                fault(name, "This field may not be null.");
            }
            return "";
        }
        if (!node.isString()) {
            fault(name, "Not a valid string.");
            return "";
        }
        String text = node.stringValue();
        if (fallback == null && text.isBlank()) {
            fault(name, "This field may not be blank.");
        }
        if (text.length() > maxLength) {
            fault(name, "Ensure this field has no more than " + maxLength + " characters.");
        }
        return text;
    }

    /** Text of one line that people read in lists and logs: nothing in it moves a cursor or hides what stands beside it. */
    String line(String name, @Nullable String fallback, int maxLength) {
        String text = text(name, fallback, maxLength);
        if (text.codePoints().anyMatch(Fields::isInvisible)) {
            fault(name, "Control characters and line breaks are not allowed.");
        }
        return text;
    }

    /** Controls, line and paragraph separators, and formats such as the marks that turn the direction of writing around. */
    private static boolean isInvisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }

    boolean flag(String name, boolean fallback) {
        JsonNode node = member(name);
        if (node == null) {
            return fallback;
        }
        if (!node.isBoolean()) {
            fault(name, "Must be a valid boolean.");
            return fallback;
        }
        return node.booleanValue();
    }

    int number(String name, int fallback, int min, int max) {
        JsonNode node = member(name);
        if (node == null) {
            return fallback;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt()) {
            fault(name, "A valid integer is required.");
            return fallback;
        }
        int value = node.intValue();
        if (value < min) {
            fault(name, "Ensure this value is greater than or equal to " + min + ".");
        }
        if (value > max) {
            fault(name, "Ensure this value is less than or equal to " + max + ".");
        }
        return value;
    }

    /** A list of non-empty texts. */
    List<String> texts(String name, @Nullable List<String> fallback, int maxItems, int maxLength) {
        JsonNode node = member(name);
        if (node == null) {
            if (fallback == null) {
                fault(name, "This field is required.");
            }
            return fallback == null ? List.of() : fallback;
        }
        if (!node.isArray()) {
            fault(name, "Expected a list of items.");
            return List.of();
        }
        if (node.size() > maxItems) {
            fault(name, "Ensure this field has no more than " + maxItems + " elements.");
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode item : node) {
            if (!item.isString()
                    || item.stringValue().isBlank()
                    || item.stringValue().length() > maxLength) {
                fault(name, "Every item must be a text of 1 to " + maxLength + " characters.");
                return List.of();
            }
            texts.add(item.stringValue());
        }
        return texts;
    }

    /** One of the constants of an enumeration, in any case; with no fallback it must be there. */
    <E extends Enum<E>> E choice(String name, Class<E> type, @Nullable E fallback) {
        E[] constants = type.getEnumConstants();
        JsonNode node = member(name);
        if (node == null) {
            if (fallback != null) {
                return fallback;
            }
            fault(name, "This field is required.");
            return constants[0];
        }
        if (node.isString()) {
            for (E constant : constants) {
                if (constant.name().equalsIgnoreCase(node.stringValue())) {
                    return constant;
                }
            }
        }
        fault(
                name,
                "Not a valid choice; one of "
                        + String.join(
                                ", ",
                                Arrays.stream(constants)
                                        .map(c -> c.name().toLowerCase(Locale.ROOT))
                                        .toList())
                        + ".");
        return constants[0];
    }

    /** The member as it is, or null. */
    @Nullable
    JsonNode raw(String name) {
        return member(name);
    }

    /** Whether the member is there. */
    boolean has(String name) {
        return object.has(name);
    }

    /** Notes every member that nobody asked for: what is misspelt must not be taken for said. */
    void refuseOthers(Set<String> passedOver) {
        for (String name : object.propertyNames()) {
            if (!asked.contains(name) && !passedOver.contains(name)) {
                fault(name, "Unknown field; known are " + String.join(", ", asked) + ".");
            }
        }
    }

    /** Notes that something is wrong. */
    void fault(String name, String message) {
        faults.computeIfAbsent(name, n -> new ArrayList<>()).add(message);
    }

    /** Takes over what is wrong with a part. */
    void faultsOf(String name, Fields part) {
        part.faults.forEach((inner, messages) -> messages.forEach(m -> fault(name, inner + ": " + m)));
    }

    /** Throws {@link InvalidInputException} when anything was wrong. */
    void check() {
        if (!faults.isEmpty()) {
            throw InvalidInputException.fields(faults);
        }
    }
}
