package dev.sluice.app;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.formats.maven.MavenFormat;
import dev.sluice.formats.npm.NpmFormat;
import dev.sluice.formats.pypi.PypiFormat;
import dev.sluice.formats.pypi.Withheld;
import dev.sluice.formats.version.Pep440Order;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.repository.NamePattern;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Reserved names as administrators type them, and names as clients spell them, through the formats' own rules. */
final class ReservedNamesTest {

    private static final Map<String, Format> FORMATS = Map.of(
            "npm", new NpmFormat(),
            "pypi", new PypiFormat(new Pep440Order(), Withheld.DROP),
            "maven", new MavenFormat());

    private static final Map<String, List<String>> NAMES = Map.of(
            "npm", List.of("acme-tool", "@acme/tool", "@acme/deep.tool_x", "a"),
            "pypi", List.of("acme-tool", "acme.internal_tool", "a", "acme--x", "Acme.Tool-9"),
            "maven", List.of("com.acme:lib", "com.acme.deep:lib-core", "acme:x", "com.acme:lib_x.y"));

    @Provide
    Arbitrary<String> formats() {
        return Arbitraries.of("npm", "pypi", "maven");
    }

    @Property(tries = 3000)
    void whatever_spelling_is_typed_covers_whatever_spelling_is_asked_for(
            @ForAll("formats") String format, @ForAll long seed) {
        Random random = new Random(seed);
        List<String> names = requireNonNull(NAMES.get(format));
        String name = names.get(random.nextInt(names.size()));
        String typed = starred(respelt(format, name, random), random);
        String asked = respelt(format, name, random);

        NamePattern reserved = NamePattern.parse(format + ":" + typed);

        assertThat(reserved.covers(requireNonNull(FORMATS.get(format)).packageName(asked)))
                .as(format + ":" + typed + " and " + asked)
                .isTrue();
        assertThat(new NamePattern("*", typed)
                        .covers(requireNonNull(FORMATS.get(format)).packageName(asked)))
                .as("*:" + typed + " and " + asked)
                .isTrue();
        assertThat(NamePattern.parse(reserved.toString())).isEqualTo(reserved);
        assertThat(reserved.objection()).isEmpty();
    }

    /** Over few letters, so that chance finds what is close: a glob covers a name exactly when some spelling of it fits. */
    @Property(tries = 20_000)
    void a_glob_of_pypi_covers_a_name_exactly_when_some_spelling_of_it_fits(@ForAll long seed) {
        Random random = new Random(seed);
        String glob = chosen("a-*", 1 + random.nextInt(6), random);
        String name = ("a" + chosen("a-", random.nextInt(5), random) + "a").replaceAll("-+", "-");
        NamePattern reserved = new NamePattern("pypi", glob);
        Pattern typed = Pattern.compile(glob.replaceAll("\\*+", ".*"));

        assertThat(reserved.covers(new PackageName("pypi", name)))
                .as(glob + " and " + name)
                .isEqualTo(spellings(name).stream().anyMatch(s -> fits(typed, glob, s)));
    }

    /** A run of separators in the glob stands for any run. */
    private static boolean fits(Pattern typed, String glob, String spelling) {
        return typed.matcher(spelling).matches()
                || Pattern.compile(glob.replaceAll("-+", "-+").replaceAll("\\*+", ".*"))
                        .matcher(spelling)
                        .matches();
    }

    private static List<String> spellings(String name) {
        return List.of(name, name.replace("-", "--"), name.replace("-", "---"));
    }

    private static String chosen(String letters, int length, Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    /** The same name as somebody else might write it. */
    private static String respelt(String format, String name, Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean separator = c == '-' || c == '_' || c == '.';
            if (separator && format.equals("pypi")) {
                text.append(chosen("-_.", 1 + random.nextInt(3), random));
            } else {
                text.append(random.nextBoolean() ? Character.toUpperCase(c) : c);
            }
        }
        return format.equals("maven") && random.nextBoolean()
                ? text.toString().toLowerCase(Locale.ROOT)
                : text.toString();
    }

    /** With a part of the name left to a star, or not. */
    private static String starred(String name, Random random) {
        if (random.nextBoolean()) {
            return name;
        }
        int from = random.nextInt(name.length());
        int to = from + random.nextInt(name.length() - from + 1);
        String starred = name.substring(0, from) + "*" + name.substring(to);
        return starred.matches("[-_.].*|.*[-_.]") ? name : starred;
    }
}
