package dev.sluice.rego.value;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * YAML to values. Plain scalars mean what they mean to OPA: YAML 1.2, but {@code 017} is 15, {@code 0b11} is 3 and
 * {@code 1_000} is 1000; {@code yes}, {@code no}, {@code on} and {@code off} are strings. Keys become strings.
 */
public final class Yaml {
    private static final int MAX_ALIASES = 50;
    private static final int MAX_DEPTH = 200;
    private static final int MAX_NODES = 1_000_000;
    private static final Pattern FLOAT = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final Pattern EXPECTED =
            Pattern.compile("expected (.*?)(?:,? but (?:got|found).*)?", Pattern.DOTALL);

    private int nodes;

    private Yaml() {}

    /**
     * The value of the first document; null where there is none. Later documents must be well-formed too.
     *
     * @throws YamlFault when the text is malformed, nests too deep or has too many aliases
     */
    public static Value read(String text) {
        LoadSettings settings = LoadSettings.builder()
                .setAllowDuplicateKeys(false)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setCodePointLimit(Integer.MAX_VALUE)
                .build();
        try {
            Value first = null;
            for (Node node : new Compose(settings).composeAllFromString(text)) {
                Value value = new Yaml().value(node, 0);
                first = first == null ? value : first;
            }
            return first == null ? NullValue.NULL : first;
        } catch (MarkedYamlEngineException malformed) {
            int line = malformed.getProblemMark().map(m -> m.getLine() + 1).orElse(1);
            throw new YamlFault(problem(malformed.getProblem()), line);
        } catch (YamlEngineException malformed) {
            throw new YamlFault(String.valueOf(malformed.getMessage()), 1);
        }
    }

    private static String problem(String problem) {
        Matcher expected = EXPECTED.matcher(problem);
        return expected.matches() ? "did not find expected " + expected.group(1) : problem;
    }

    private Value value(Node node, int depth) {
        if (depth > MAX_DEPTH || ++nodes > MAX_NODES) {
            throw new YamlFault("document contains excessive aliasing or nesting", line(node));
        }
        return switch (node) {
            case ScalarNode scalar -> scalar(scalar);
            case SequenceNode sequence -> {
                List<Value> items = new ArrayList<>();
                for (Node item : sequence.getValue()) {
                    items.add(value(item, depth + 1));
                }
                yield ArrayValue.of(items);
            }
            case MappingNode mapping -> mapping(mapping, depth);
            default -> throw new YamlFault("unknown kind of node", line(node));
        };
    }

    private static int line(Node node) {
        return node.getStartMark().map(m -> m.getLine() + 1).orElse(1);
    }

    private Value mapping(MappingNode mapping, int depth) {
        ObjectValue.Builder own = ObjectValue.builder();
        List<Value> merged = new ArrayList<>();
        for (NodeTuple entry : mapping.getValue()) {
            Node key = entry.getKeyNode();
            Value value = value(entry.getValueNode(), depth + 1);
            if (key instanceof ScalarNode scalar
                    && scalar.getValue().equals("<<")
                    && scalar.getScalarStyle() == ScalarStyle.PLAIN) {
                merged.add(value);
                continue;
            }
            Value name = value(key, depth + 1);
            Value text = name instanceof StringValue ? name : StringValue.of(Json.key(name));
            if (own.get(text) != null) {
                throw new YamlFault("mapping key " + Json.write(text) + " already defined", line(key));
            }
            own.put(text, value);
        }
        for (Value value : merged) {
            Iterable<Value> sources = value instanceof ArrayValue all ? all : List.of(value);
            for (Value source : sources) {
                if (!(source instanceof ObjectValue object)) {
                    throw new YamlFault("map merge requires map or sequence of maps as the value", line(mapping));
                }
                for (ObjectValue.Entry entry : object.entries()) {
                    if (own.get(entry.key()) == null) {
                        own.put(entry.key(), entry.value());
                    }
                }
            }
        }
        return own.build();
    }

    private static Value scalar(ScalarNode scalar) {
        String text = scalar.getValue();
        if (scalar.getScalarStyle() != ScalarStyle.PLAIN) {
            return StringValue.of(text);
        }
        Value plain = plain(text);
        if (plain == null) {
            throw new YamlFault("cannot be written as JSON: " + text, line(scalar));
        }
        return plain;
    }

    /** What a scalar without quotes means; null for the numbers that JSON does not have. */
    static @Nullable Value plain(String text) {
        switch (text) {
            case "", "~", "null", "Null", "NULL" -> {
                return NullValue.NULL;
            }
            case "true", "True", "TRUE" -> {
                return BooleanValue.TRUE;
            }
            case "false", "False", "FALSE" -> {
                return BooleanValue.FALSE;
            }
            default -> {}
        }
        char first = text.charAt(0);
        if ((first < '0' || first > '9') && "+-.".indexOf(first) < 0) {
            return StringValue.of(text);
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.matches("[-+]?\\.inf|\\.nan")) {
            return null;
        }
        String digits = text.replace("_", "");
        Optional<BigInteger> whole = integer(digits);
        if (whole.isPresent()) {
            return NumberValue.of(whole.get());
        }
        if (FLOAT.matcher(digits).matches()) {
            String sign = digits.startsWith("-") ? "-" : "";
            String number = digits.startsWith("-") || digits.startsWith("+") ? digits.substring(1) : digits;
            number = number.startsWith(".") ? "0" + number : number;
            number = number.replaceFirst("^0+(?=[0-9])", "").replaceFirst("\\.(?=[eE]|$)", "");
            try {
                return NumberValue.parse(sign + number);
            } catch (NumberFormatException tooBig) {
                return StringValue.of(text);
            }
        }
        return StringValue.of(text);
    }

    private static Optional<BigInteger> integer(String text) {
        boolean negative = text.startsWith("-");
        String digits = negative || text.startsWith("+") ? text.substring(1) : text;
        try {
            BigInteger number = null;
            if (digits.matches("0|[1-9][0-9]*")) {
                number = new BigInteger(digits);
            } else if (digits.matches("0b[01]+")) {
                number = new BigInteger(digits.substring(2), 2);
            } else if (digits.matches("0x[0-9a-fA-F]+")) {
                number = new BigInteger(digits.substring(2), 16);
            } else if (digits.matches("0o?[0-7]+")) {
                number = new BigInteger(digits.replaceFirst("0o?", ""), 8);
            }
            return Optional.ofNullable(number).map(n -> negative ? n.negate() : n);
        } catch (NumberFormatException notOne) {
            return Optional.empty();
        }
    }
}
