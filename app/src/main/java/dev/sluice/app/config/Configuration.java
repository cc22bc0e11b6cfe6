package dev.sluice.app.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The effective configuration: flags before environment variables before the YAML file before defaults.
 *
 * <p>Unknown keys are errors, so that a misspelt one is found at once. Immutable.
 */
public final class Configuration {

    private static final List<String> UPSTREAM_PARTS = List.of("url", "user", "password", "token", "forbidden");
    private static final int MAX_FILE_BYTES = 1 << 20;

    /**
     * A value and where it comes from.
     *
     * @param value as given
     * @param origin {@code flag --port}, {@code environment SLUICE_PORT}, {@code file sluice.yaml}, {@code default}
     */
    public record Value(String value, String origin) {}

    private final Map<String, Value> values;

    private Configuration(Map<String, Value> values) {
        this.values = values;
    }

    /**
     * Puts a configuration together.
     *
     * @param flags values by key, as given on the command line
     * @param environment the process environment
     * @param file a YAML file, or null for none
     * @throws ConfigurationException when something cannot be read or is not known
     */
    public static Configuration of(Map<String, String> flags, Map<String, String> environment, @Nullable Path file) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (Setting setting : Setting.ALL) {
            if (setting.otherwise() != null) {
                values.put(setting.key(), new Value(setting.otherwise(), "default"));
            }
        }
        if (file != null) {
            flatten("", read(file), file, values);
        }
        for (Setting setting : Setting.ALL) {
            String given = environment.get(setting.environment());
            if (given != null) {
                values.put(setting.key(), new Value(given, "environment " + setting.environment()));
            }
        }
        upstreamsOf(environment, values);
        flags.forEach((key, value) -> {
            requireKnown(key, "flag");
            values.put(key, new Value(value, "flag --" + (key.startsWith("upstreams.") ? "upstream" : key)));
        });
        return new Configuration(values);
    }

    /** {@code SLUICE_UPSTREAM_NPM} is the address, {@code SLUICE_UPSTREAM_NPM_TOKEN}, {@code …_USER}, {@code …_PASSWORD} the rest. */
    private static void upstreamsOf(Map<String, String> environment, Map<String, Value> values) {
        String prefix = "SLUICE_UPSTREAM_";
        environment.forEach((name, value) -> {
            boolean own = Setting.ALL.stream().anyMatch(s -> s.environment().equals(name));
            if (!name.startsWith(prefix) || own) {
                return;
            }
            String[] parts =
                    name.substring(prefix.length()).toLowerCase(Locale.ROOT).split("_", 2);
            String part = parts.length == 1 ? "url" : parts[1];
            if (!UPSTREAM_PARTS.contains(part)) {
                throw new ConfigurationException("environment variable " + name
                        + " is not known; upstreams are set as " + prefix + "NPM, " + prefix + "NPM_TOKEN, " + prefix
                        + "NPM_USER, " + prefix + "NPM_PASSWORD, " + prefix + "NPM_FORBIDDEN");
            }
            values.put("upstreams." + parts[0] + "." + part, new Value(value, "environment " + name));
        });
    }

    private static Map<?, ?> read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) {
                throw new ConfigurationException(file + " is larger than 1 MB");
            }
            LoadSettings settings = LoadSettings.builder()
                    .setLabel(file.toString())
                    .setMaxAliasesForCollections(10)
                    .build();
            Object document =
                    new Load(settings).loadFromString(new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
            if (document == null) {
                return Map.of();
            }
            if (document instanceof Map<?, ?> map) {
                return map;
            }
            throw new ConfigurationException(file + " must be a map of settings, for example:\nport: 8480");
        } catch (YamlEngineException e) {
            throw new ConfigurationException(file + " is not valid YAML: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new ConfigurationException("configuration file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void flatten(String prefix, Map<?, ?> map, Path file, Map<String, Value> into) {
        map.forEach((name, value) -> {
            String key = prefix + name;
            if (value instanceof Map<?, ?> inner) {
                flatten(key + ".", inner, file, into);
            } else if (value instanceof List<?> list) {
                requireKnown(key, file.toString());
                into.put(
                        key,
                        new Value(
                                String.join(
                                        ",", list.stream().map(String::valueOf).toList()),
                                "file " + file));
            } else {
                String full =
                        isUpstream(key) && key.chars().filter(c -> c == '.').count() == 1 ? key + ".url" : key;
                requireKnown(full, file.toString());
                into.put(full, new Value(String.valueOf(value), "file " + file));
            }
        });
    }

    private static boolean isUpstream(String key) {
        return key.startsWith("upstreams.");
    }

    private static void requireKnown(String key, String where) {
        if (isUpstream(key)) {
            String part = key.substring(key.lastIndexOf('.') + 1);
            if (!UPSTREAM_PARTS.contains(part)) {
                throw new ConfigurationException(
                        where + ": '" + key + "' is not known; an upstream has " + String.join(", ", UPSTREAM_PARTS));
            }
            return;
        }
        if (Setting.ALL.stream().noneMatch(s -> s.key().equals(key))) {
            throw new ConfigurationException(where + ": '" + key + "' is not a setting; known are "
                    + String.join(", ", Setting.ALL.stream().map(Setting::key).toList()) + ", upstreams.<format>.url");
        }
    }

    /** The value of a setting, if it has one. */
    public Optional<String> find(Setting setting) {
        Value value = values.get(setting.key());
        return value == null || value.value().isBlank() ? Optional.empty() : Optional.of(value.value());
    }

    /** The value of a setting that has a default. */
    public String get(Setting setting) {
        return find(setting).orElse(setting.otherwise() == null ? "" : setting.otherwise());
    }

    /** A path. */
    public Path path(Setting setting) {
        return Path.of(get(setting));
    }

    /** A whole number within bounds. Throws {@link ConfigurationException}. */
    public int number(Setting setting, int least, int most) {
        String text = get(setting);
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw wrong(setting, text, "a whole number from " + least + " to " + most);
    }

    /** A size in bytes, written with k, m or g, or a share of the largest heap as a percentage. Throws {@link ConfigurationException}. */
    public long memory(Setting setting) {
        String text = get(setting).strip();
        if (!text.endsWith("%")) {
            return bytes(setting);
        }
        try {
            int percent = Integer.parseInt(text.substring(0, text.length() - 1));
            if (percent > 0 && percent <= 90) {
                return Runtime.getRuntime().maxMemory() / 100 * percent;
            }
        } catch (NumberFormatException e) {
            throw wrong(setting, text, "a size such as 256m, or a share of the heap such as 25%");
        }
        throw wrong(setting, text, "a size such as 256m, or a share of the heap such as 25%");
    }

    /** A size in bytes, written with k, m or g. Throws {@link ConfigurationException}. */
    public long bytes(Setting setting) {
        String text = get(setting);
        return parsed(text).orElseThrow(() -> wrong(setting, text, "a size such as 512k, 100m or 10g"));
    }

    /** The size that a text tells, written with k, m or g. Throws {@link ConfigurationException} that names the thing. */
    public static long size(String thing, String text) {
        return parsed(text)
                .orElseThrow(() -> new ConfigurationException(
                        thing + " is '" + text + "', but it takes a size such as 512k, 100m or 10g"));
    }

    private static OptionalLong parsed(String given) {
        String text = given.strip().toLowerCase(Locale.ROOT);
        int shift = text.endsWith("k") ? 10 : text.endsWith("m") ? 20 : text.endsWith("g") ? 30 : 0;
        try {
            long number = Long.parseLong(shift == 0 ? text : text.substring(0, text.length() - 1));
            if (number > 0 && number <= Long.MAX_VALUE >> shift) {
                return OptionalLong.of(number << shift);
            }
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
        return OptionalLong.empty();
    }

    /** A duration. Throws {@link ConfigurationException}. */
    public Duration duration(Setting setting) {
        String text = get(setting);
        try {
            Duration duration = Duration.parse(text);
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            // told below
        }
        throw wrong(setting, text, "an ISO 8601 duration such as PT5M (five minutes)");
    }

    /** A duration longer than none. Throws {@link ConfigurationException}. */
    public Duration positive(Setting setting) {
        Duration duration = duration(setting);
        if (duration.isZero()) {
            throw wrong(setting, get(setting), "an ISO 8601 duration longer than zero such as PT30S (thirty seconds)");
        }
        return duration;
    }

    /** True or false, if given. Throws {@link ConfigurationException}. */
    public Optional<Boolean> flag(Setting setting) {
        return find(setting).map(text -> switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> throw wrong(setting, text, "true or false");
        });
    }

    private ConfigurationException wrong(Setting setting, String text, String wanted) {
        Value value = values.get(setting.key());
        return new ConfigurationException(setting.key() + " is '" + (setting.secret() ? "****" : text) + "' ("
                + (value == null ? "default" : value.origin()) + "), but it takes " + wanted);
    }

    /** What is configured of an upstream, by part: {@code url}, {@code user}, {@code password}, {@code token}, {@code forbidden}. */
    public Map<String, String> upstream(String format) {
        Map<String, String> parts = new TreeMap<>();
        for (String part : UPSTREAM_PARTS) {
            Value value = values.get("upstreams." + format + "." + part);
            if (value != null && !value.value().isBlank()) {
                parts.put(part, value.value());
            }
        }
        return parts;
    }

    /** Formats for which an upstream is configured. */
    public List<String> upstreamFormats() {
        return values.keySet().stream()
                .filter(Configuration::isUpstream)
                .map(k -> k.substring("upstreams.".length(), k.lastIndexOf('.')))
                .distinct()
                .sorted()
                .toList();
    }

    /** Every effective value with its origin, secrets masked, settings first, then upstreams. */
    public Map<String, Value> shown() {
        Map<String, Value> shown = new LinkedHashMap<>();
        for (Setting setting : Setting.ALL) {
            Value value = values.get(setting.key());
            shown.put(
                    setting.key(),
                    value == null
                            ? new Value("", "not set")
                            : new Value(
                                    setting.secret() ? masked(setting, value.value()) : value.value(), value.origin()));
        }
        new TreeMap<>(values).forEach((key, value) -> {
            if (!isUpstream(key)) {
                return;
            }
            boolean secret = key.endsWith(".password") || key.endsWith(".token");
            shown.put(key, new Value(secret ? "****" : withoutUser(value.value()), value.origin()));
        });
        return shown;
    }

    /** Masks the password of the database's URL, or everything of any other secret. */
    private static String masked(Setting setting, String text) {
        if (!setting.equals(Setting.DATABASE)) {
            return "****";
        }
        return text.replaceAll("(://[^:/@]*:).*@", "$1****@").replaceAll("(?i)(password=)[^&]*", "$1****");
    }

    private static String withoutUser(String url) {
        try {
            return URI.create(url).getRawUserInfo() == null ? url : url.replaceFirst("://[^@/]*@", "://****@");
        } catch (IllegalArgumentException e) {
            return url;
        }
    }
}
