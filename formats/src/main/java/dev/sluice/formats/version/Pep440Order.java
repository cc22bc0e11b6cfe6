package dev.sluice.formats.version;

import dev.sluice.kernel.artifact.VersionOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The order of Python versions (PEP 440): epoch, release, pre-, post- and development releases, local labels.
 *
 * <p>Spellings that PEP 440 normalises are the same version: {@code 1.0}, {@code v1.0.0} and {@code 1}; {@code 1.0a1},
 * {@code 1.0-ALPHA.1} and {@code 1.0_alpha1}. What is not a version by PEP 440 (a "legacy" version) lies below all that
 * are. A text longer than 1,024 characters is no version. Immutable.
 */
public final class Pep440Order implements VersionOrder {

    private static final int MAX_LENGTH = 1024;

    /** The order. */
    public Pep440Order() {}

    @Override
    public int compare(String left, String right) {
        if (left.equals(right)) {
            return 0;
        }
        Key a = parse(left);
        Key b = parse(right);
        if (a == null || b == null) {
            return a != null ? 1 : b != null ? -1 : left.compareTo(right);
        }
        return a.compareTo(b);
    }

    /** Whether the version is an alpha, beta, candidate or development release; local labels and post-releases do not count. */
    @Override
    public boolean isPrerelease(String version) {
        Key key = parse(version);
        return key != null && (key.isPhase() || key.dev != null);
    }

    @Override
    public boolean isVersion(String text) {
        return parse(text) != null;
    }

    /** The version without its local label. */
    @Override
    public String publicVersion(String version) {
        int plus = version.indexOf('+');
        return plus < 0 || parse(version) == null ? version : version.substring(0, plus);
    }

    private static @Nullable Key parse(String text) {
        return text.length() > MAX_LENGTH ? null : new Scanner(text.strip().toLowerCase(Locale.ROOT)).key();
    }

    /**
     * A version taken apart; numbers in canonical form.
     *
     * @param epoch the epoch
     * @param release the release segment without trailing zeros
     * @param phase one of the constants below: what of the release's life it is
     * @param phaseNumber number of the pre-release
     * @param post number of the post-release, or null
     * @param dev number of the development release, or null
     * @param local segments of the local label; empty where there is none
     */
    private record Key(
            String epoch,
            List<String> release,
            int phase,
            String phaseNumber,
            @Nullable String post,
            @Nullable String dev,
            List<String> local)
            implements Comparable<Key> {

        /** 1.0.dev1 comes before 1.0a1, though it names no phase. */
        static final int BEFORE_PHASES = 0;

        static final int ALPHA = 1;
        static final int BETA = 2;
        static final int CANDIDATE = 3;
        static final int FINAL = 4;

        boolean isPhase() {
            return phase != FINAL && phase != BEFORE_PHASES;
        }

        @Override
        public int compareTo(Key other) {
            int order = Digits.compare(epoch, other.epoch);
            if (order == 0) {
                order = compareLists(release, other.release);
            }
            if (order == 0) {
                order = Integer.compare(phase, other.phase);
            }
            if (order == 0) {
                order = Digits.compare(phaseNumber, other.phaseNumber);
            }
            if (order == 0) {
                order = compareOptional(post, other.post, -1);
            }
            if (order == 0) {
                order = compareOptional(dev, other.dev, 1);
            }
            return order != 0 ? order : compareLists(local, other.local);
        }

        /** Compares optional numbers; {@code absent} tells whether none lies below (-1) or above (1) every number. */
        private static int compareOptional(@Nullable String left, @Nullable String right, int absent) {
            if (left == null) {
                return right == null ? 0 : absent;
            }
            return right == null ? -absent : Digits.compare(left, right);
        }

        /** Compares segment by segment; a list lies above its own beginnings. */
        private static int compareLists(List<String> left, List<String> right) {
            int shared = Math.min(left.size(), right.size());
            for (int i = 0; i < shared; i++) {
                int order = compareSegments(left.get(i), right.get(i));
                if (order != 0) {
                    return order;
                }
            }
            return Integer.compare(left.size(), right.size());
        }

        /** Numbers lie above words. A number in canonical form never begins with a letter, a word may begin with a digit. */
        private static int compareSegments(String left, String right) {
            boolean leftNumber = Digits.end(left, 0) == left.length();
            boolean rightNumber = Digits.end(right, 0) == right.length();
            if (leftNumber != rightNumber) {
                return leftNumber ? 1 : -1;
            }
            return leftNumber ? Digits.compare(left, right) : left.compareTo(right);
        }
    }

    /** Reads the grammar of PEP 440, appendix B, from lower-case text. */
    private static final class Scanner {

        private static final List<String> ALPHA = List.of("alpha", "a");
        private static final List<String> BETA = List.of("beta", "b");
        private static final List<String> CANDIDATE = List.of("preview", "pre", "rc", "c");
        private static final List<String> POST = List.of("post", "rev", "r");
        private static final List<String> DEV = List.of("dev");

        private final String text;
        private int at;

        Scanner(String text) {
            this.text = text;
        }

        @Nullable
        Key key() {
            if (at < text.length() && text.charAt(at) == 'v') {
                at++;
            }
            String first = number();
            if (first == null) {
                return null;
            }
            String epoch = "";
            if (at < text.length() && text.charAt(at) == '!') {
                at++;
                epoch = first;
                first = number();
                if (first == null) {
                    return null;
                }
            }
            List<String> release = release(first);
            int phase = Key.FINAL;
            String phaseNumber = labelled(ALPHA);
            if (phaseNumber != null) {
                phase = Key.ALPHA;
            } else if ((phaseNumber = labelled(BETA)) != null) {
                phase = Key.BETA;
            } else if ((phaseNumber = labelled(CANDIDATE)) != null) {
                phase = Key.CANDIDATE;
            }
            String post = implicitPost();
            if (post == null) {
                post = labelled(POST);
            }
            String dev = labelled(DEV);
            List<String> local = local();
            if (local == null || at != text.length()) {
                return null;
            }
            if (phase == Key.FINAL && post == null && dev != null) {
                phase = Key.BEFORE_PHASES;
            }
            return new Key(epoch, release, phase, phaseNumber == null ? "" : phaseNumber, post, dev, local);
        }

        private List<String> release(String first) {
            List<String> release = new ArrayList<>();
            release.add(first);
            while (at + 1 < text.length() && text.charAt(at) == '.' && Digits.isDigit(text.charAt(at + 1))) {
                int stop = Digits.end(text, at + 1);
                release.add(Digits.canonical(text, at + 1, stop));
                at = stop;
            }
            while (!release.isEmpty() && release.getLast().isEmpty()) {
                release.removeLast();
            }
            return release;
        }

        private @Nullable String number() {
            int stop = Digits.end(text, at);
            if (stop == at) {
                return null;
            }
            String number = Digits.canonical(text, at, stop);
            at = stop;
            return number;
        }

        /** A label with an optional separator before and after it and an optional number, which is zero where left out. */
        private @Nullable String labelled(List<String> labels) {
            int from = at < text.length() && isSeparator(text.charAt(at)) ? at + 1 : at;
            for (String label : labels) {
                if (text.startsWith(label, from)) {
                    at = from + label.length();
                    int digits = at < text.length() && isSeparator(text.charAt(at)) ? at + 1 : at;
                    int stop = Digits.end(text, digits);
                    at = stop;
                    return Digits.canonical(text, digits, stop);
                }
            }
            return null;
        }

        /** {@code 1.0-1} is a post-release. */
        private @Nullable String implicitPost() {
            if (at < text.length() && text.charAt(at) == '-') {
                int stop = Digits.end(text, at + 1);
                if (stop > at + 1) {
                    String number = Digits.canonical(text, at + 1, stop);
                    at = stop;
                    return number;
                }
            }
            return null;
        }

        /** The segments after the plus sign, none where there is no plus sign, or null when they are malformed. */
        private @Nullable List<String> local() {
            if (at >= text.length() || text.charAt(at) != '+') {
                return List.of();
            }
            List<String> segments = new ArrayList<>();
            do {
                int from = at + 1;
                at = from;
                while (at < text.length() && (Digits.isDigit(text.charAt(at)) || Digits.isLetter(text.charAt(at)))) {
                    at++;
                }
                if (at == from) {
                    return null;
                }
                boolean number = Digits.end(text, from) >= at;
                segments.add(number ? Digits.canonical(text, from, at) : text.substring(from, at));
            } while (at < text.length() && isSeparator(text.charAt(at)));
            return segments;
        }

        private static boolean isSeparator(char c) {
            return c == '.' || c == '-' || c == '_';
        }
    }
}
