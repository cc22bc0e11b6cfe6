package dev.sluice.kernel.license;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The licences and exceptions of the SPDX licence list, deprecated ones included; identifiers are compared without case. */
final class SpdxList {

    private static final Pattern DECORATION = Pattern.compile(
            "^https?://|^(https?://)?www\\.|(-standalone)?(\\.(html?|txt|php|en|md))+$|[/#?]+$",
            Pattern.CASE_INSENSITIVE);

    private static final Map<String, Entry> LICENSES = new HashMap<>();
    private static final Map<String, String> EXCEPTIONS = new HashMap<>();
    private static final Map<String, List<String>> BY_ADDRESS = new HashMap<>();

    /**
     * A licence of the list.
     *
     * @param id its identifier
     * @param name its name
     * @param approved whether the Open Source Initiative approved it
     * @param deprecated whether the list has another identifier for it by now
     */
    record Entry(String id, String name, boolean approved, boolean deprecated) {}

    static {
        lines("spdx-licenses.tsv", line -> {
            String[] fields = line.split("\t", -1);
            Entry entry = new Entry(fields[0], fields[2], fields[1].contains("o"), fields[1].contains("d"));
            LICENSES.put(lower(entry.id()), entry);
            if (fields.length > 3 && !entry.deprecated()) {
                for (String address : fields[3].split(" ")) {
                    BY_ADDRESS
                            .computeIfAbsent(plain(address), a -> new ArrayList<>())
                            .add(entry.id());
                }
            }
        });
        lines("spdx-exceptions.tsv", line -> {
            String id = line.substring(0, line.indexOf('\t'));
            EXCEPTIONS.put(lower(id), id);
        });
    }

    private SpdxList() {}

    static Collection<Entry> licenses() {
        return LICENSES.values();
    }

    /** The licence of that identifier, whatever its case, or null. */
    static @Nullable Entry license(String id) {
        return LICENSES.get(lower(id));
    }

    /** The exception's identifier as the list spells it, or null. */
    static @Nullable String exception(String id) {
        return EXCEPTIONS.get(lower(id));
    }

    /** Identifiers of the licences that have their text at a web address; empty where it is no licence's. */
    static List<String> at(String address) {
        return BY_ADDRESS.getOrDefault(plain(address), List.of());
    }

    /** An address without what varies: scheme, {@code www}, endings, case. */
    static String plain(String address) {
        String text = address.strip();
        String before;
        do {
            before = text;
            text = DECORATION.matcher(text).replaceFirst("");
        } while (!text.equals(before));
        return lower(text);
    }

    static void lines(String resource, Consumer<String> each) {
        try (InputStream in = Objects.requireNonNull(SpdxList.class.getResourceAsStream(resource), resource);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            reader.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(each);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
