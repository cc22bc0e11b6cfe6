package dev.sluice.app.policies;

import dev.sluice.kernel.policy.Action;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.policy.Policy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads a policy from a Rego file: the {@code # METADATA} comment before its package line says what the rule does not.
 *
 * <p>{@code title} is the policy's name (else the file's), {@code description} its description; below {@code custom}:
 * {@code precedence, terminal, enabled, mode, effect, on_unknown, on_error, repositories, formats, actions}, the actions being
 * {@code set_package_state: STATE}, {@code add_package_tags: [..]}, {@code remove_package_tags: [..]}.
 */
public final class PolicyFile {

    private static final Set<String> KNOWN = Set.of(
            "precedence",
            "terminal",
            "enabled",
            "mode",
            "effect",
            "on_unknown",
            "on_error",
            "repositories",
            "formats",
            "actions");

    /** As much as the server takes of a policy's source. */
    private static final int MAX_BYTES = 256 * 1024;

    private PolicyFile() {}

    /** The text of a policy file. Throws IllegalArgumentException when it is longer than any policy may be. */
    public static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return text(in, file.toString());
        }
    }

    /** The text of a policy that is read from somewhere else; bounded as that of a file. */
    public static String text(InputStream in, String name) throws IOException {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(name + " is larger than 256 KB");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The policy of a file. Throws IllegalArgumentException naming the file and what is wrong with its METADATA. */
    public static Policy read(String fileName, String text, @Nullable String origin) {
        Map<?, ?> metadata = metadata(fileName, text);
        Map<?, ?> custom = metadata.get("custom") instanceof Map<?, ?> map ? map : Map.of();
        for (Object key : custom.keySet()) {
            if (!KNOWN.contains(String.valueOf(key))) {
                throw wrong(
                        fileName,
                        "custom." + key + " is not known; known are "
                                + String.join(", ", KNOWN.stream().sorted().toList()));
            }
        }
        String name = metadata.get("title") == null
                ? fileName.replaceFirst("\\.rego$", "")
                : String.valueOf(metadata.get("title"));
        try {
            return new Policy(
                    Policies.newSlug(),
                    name,
                    metadata.get("description") == null
                            ? ""
                            : String.valueOf(metadata.get("description")).strip(),
                    text,
                    bool(custom.get("enabled"), true),
                    bool(custom.get("terminal"), false),
                    custom.get("precedence") == null
                            ? Policy.DEFAULT_PRECEDENCE
                            : Integer.parseInt(String.valueOf(custom.get("precedence"))),
                    choice(Policy.Mode.class, custom.get("mode"), Policy.Mode.ENFORCE),
                    new Policy.Scope(words(custom.get("repositories")), words(custom.get("formats"))),
                    actions(custom.get("actions")),
                    choice(Policy.Effect.class, custom.get("effect"), Policy.Effect.REFUSE),
                    choice(Policy.OnUnknown.class, custom.get("on_unknown"), Policy.OnUnknown.ALLOW),
                    choice(Policy.OnError.class, custom.get("on_error"), Policy.OnError.WITHHOLD),
                    1,
                    Instant.EPOCH,
                    Instant.EPOCH,
                    origin);
        } catch (IllegalArgumentException e) {
            throw wrong(fileName, e.getMessage());
        }
    }

    private static IllegalArgumentException wrong(String fileName, @Nullable String what) {
        return new IllegalArgumentException(fileName + ": METADATA: " + what);
    }

    private static Map<?, ?> metadata(String fileName, String text) {
        StringBuilder yaml = new StringBuilder();
        boolean inside = false;
        for (String line : text.lines().toList()) {
            String stripped = line.strip();
            if (stripped.startsWith("package ")) {
                break;
            }
            if (stripped.equals("# METADATA")) {
                inside = true;
            } else if (inside && stripped.startsWith("#")) {
                yaml.append(line.stripLeading().substring(1)).append('\n');
            } else if (inside) {
                break;
            }
        }
        try {
            Object document =
                    new Load(LoadSettings.builder().setLabel(fileName).build()).loadFromString(yaml.toString());
            return document instanceof Map<?, ?> map ? map : Map.of();
        } catch (YamlEngineException e) {
            throw wrong(fileName, e.getMessage());
        }
    }

    private static List<Action> actions(@Nullable Object given) {
        List<Action> actions = new ArrayList<>();
        for (Object each : given instanceof List<?> list ? list : List.of()) {
            if (!(each instanceof Map<?, ?> map) || map.size() != 1) {
                throw new IllegalArgumentException("an action is written like  - set_package_state: QUARANTINED");
            }
            String kind = String.valueOf(map.keySet().iterator().next());
            Object value = map.values().iterator().next();
            String slug = Policies.newSlug();
            int order = actions.size();
            actions.add(
                    switch (kind) {
                        case "set_package_state" ->
                            new Action.SetPackageState(
                                    slug, order, choice(PackageState.class, value, PackageState.QUARANTINED));
                        case "add_package_tags" -> new Action.AddPackageTags(slug, order, List.copyOf(words(value)));
                        case "remove_package_tags" ->
                            new Action.RemovePackageTags(slug, order, List.copyOf(words(value)));
                        default ->
                            throw new IllegalArgumentException(
                                    "action '" + kind
                                            + "' is not known; known are set_package_state, add_package_tags, remove_package_tags");
                    });
        }
        return actions;
    }

    private static boolean bool(@Nullable Object value, boolean otherwise) {
        return value == null ? otherwise : Boolean.parseBoolean(String.valueOf(value));
    }

    private static <E extends Enum<E>> E choice(Class<E> type, @Nullable Object value, E otherwise) {
        if (value == null) {
            return otherwise;
        }
        String wanted = String.valueOf(value).toUpperCase(Locale.ROOT);
        for (E each : type.getEnumConstants()) {
            if (each.name().equals(wanted)) {
                return each;
            }
        }
        throw new IllegalArgumentException("'" + value + "' is not one of "
                + String.join(
                        ", ",
                        List.of(type.getEnumConstants()).stream()
                                .map(Enum::name)
                                .toList()));
    }

    private static Set<String> words(@Nullable Object value) {
        Set<String> words = new HashSet<>();
        for (Object each : value instanceof List<?> list ? list : value == null ? List.of() : List.of(value)) {
            words.add(String.valueOf(each));
        }
        return words;
    }
}
