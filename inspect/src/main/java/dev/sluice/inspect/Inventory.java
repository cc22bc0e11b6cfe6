package dev.sluice.inspect;

import dev.sluice.inspect.Archive.Document;
import dev.sluice.inspect.Places.Meeting;
import java.text.Normalizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is found while an archive is read: its files that decide, and whatever makes clients disagree about it.
 *
 * <p>Names are only ever compared, never used as paths. Counts entries and what they unpack to. Not thread-safe.
 */
final class Inventory {

    private static final int MAX_DOUBTS = 20;
    private static final int MAX_DOCUMENTS = 8;
    private static final int MAX_NAME = 4_096;
    private static final int MAX_SHOWN = 100;

    private final Layout layout;
    private final InspectionLimits limits;
    private final Places places = new Places();
    private final Set<String> doubts = new LinkedHashSet<>();
    private final TreeMap<Integer, Document> documents = new TreeMap<>();
    private final Set<String> deciding = new LinkedHashSet<>();
    private int entries;
    private long unpacked;

    Inventory(Layout layout, InspectionLimits limits) {
        this.layout = layout;
        this.limits = limits;
    }

    Layout layout() {
        return layout;
    }

    InspectionLimits limits() {
        return limits;
    }

    /** Notes what makes clients disagree. */
    void doubt(String sentence) {
        if (doubts.size() < MAX_DOUBTS) {
            doubts.add(sentence);
        }
    }

    /** Counts an entry or a header. */
    void entry() throws UnreadableException {
        if (++entries > limits.entries()) {
            throw limits.exceeded("the archive holds more than " + limits.entries() + " entries");
        }
    }

    /** Counts what comes out of it against what went in. */
    void unpacked(long count, long packed) throws UnreadableException {
        unpacked += count;
        if (unpacked > limits.unpackedBytes()) {
            throw limits.exceeded("the archive holds more than " + limits.unpackedBytes() + " bytes");
        }
        if (unpacked > limits.freeBytes() && unpacked / limits.ratio() > packed) {
            throw limits.exceeded("the archive unpacks to more than " + limits.ratio() + " times its size");
        }
    }

    /** A folder of that name. */
    void folder(String name) throws UnreadableException {
        String place = place(name, false);
        if (!place.isEmpty()) {
            meets(name, place, places.folder(place));
        }
    }

    /** A link of that name, symbolic or hard. */
    void link(String name) throws UnreadableException {
        String place = place(name, true);
        if (almostDecides(name, place)) {
            doubt("'" + shown(name) + "' is a link, which some clients follow and others leave out");
        }
        if (!place.isEmpty()) {
            meets(name, place, places.link(place));
        }
    }

    /** A device or another thing that is no file. */
    void other(String name) throws UnreadableException {
        String place = place(name, true);
        if (almostDecides(name, place)) {
            doubt("'" + shown(name) + "' is no regular file, which some clients leave out");
        }
    }

    /**
     * A file of that name; answers its place when its content is wanted, else null.
     *
     * @param empty whether it holds nothing: some packers write folders so, and two of them say no more than one
     */
    @Nullable
    String file(String name, boolean empty) throws UnreadableException {
        String place = place(name, true);
        meets(name, place, empty ? places.folder(place) : places.file(place));
        String stripped = stripped(place);
        boolean spelled = stripped != null && name.equals(place) && layout.decides(stripped);
        if (!spelled && almostDecides(name, place)) {
            doubt(
                    stripped == null
                            ? "'" + shown(name)
                                    + "' lies outside of the folder that clients take off, where only some look"
                            : "'" + shown(name) + "' is what clients read only where they are careless about names");
        }
        if (!spelled || stripped == null) {
            return null;
        }
        if (deciding.size() < MAX_DOCUMENTS) {
            deciding.add(place);
        }
        return stripped;
    }

    /** One entry has two names, of which clients may take either. */
    void alsoCalled(String one, String other) throws UnreadableException {
        if (almostDecides(one, place(one, true)) || almostDecides(other, place(other, true))) {
            doubt("'" + shown(one) + "' is also called '" + shown(other) + "'");
        }
    }

    /**
     * The content of a wanted file.
     *
     * @param order where it stands among the others
     */
    void content(int order, String place, byte[] bytes) throws UnreadableException {
        if (documents.size() < MAX_DOCUMENTS) {
            documents.put(order, new Document(place, bytes));
        } else if (!layout.several()) {
            throw new UnreadableException("the archive holds more than " + MAX_DOCUMENTS + " files that decide");
        }
    }

    /** All that was found. */
    Archive archive(@Nullable String unreadable) {
        if (unreadable != null) {
            doubt("it could not be read to its end, and clients may read more of it: " + unreadable);
        }
        if (!layout.several()) {
            Set<String> seen = new LinkedHashSet<>();
            for (String place : deciding) {
                String stripped = stripped(place);
                if (stripped != null && !seen.add(layout.strip() == 0 ? "" : stripped)) {
                    doubt("it holds several files that clients read as one: " + shown(String.join(", ", deciding)));
                }
            }
        }
        List<Document> inOrder = new ArrayList<>(documents.values());
        return new Archive(inOrder, new ArrayList<>(doubts), unreadable);
    }

    private void meets(String name, String place, Meeting meeting) throws UnreadableException {
        if (meeting != Meeting.NONE && (layout.tellsTwice(place) || almostDecides(name, place))) {
            doubt(
                    meeting == Meeting.SAME_PLACE
                            ? "it holds '" + shown(name) + "' more than once"
                            : "'" + shown(name) + "' lies behind a link");
        }
        if (places.count() > 2 * limits.entries()) {
            throw limits.exceeded("the archive holds more than " + 2 * limits.entries() + " files and folders");
        }
    }

    /** Where a name leads, from the archive's root, whatever its spelling. */
    private String place(String name, boolean file) throws UnreadableException {
        if (name.length() > MAX_NAME) {
            throw new UnreadableException("a name is longer than " + MAX_NAME + " characters");
        }
        if (isPlain(name)) {
            return file || !name.endsWith("/") ? name : name.substring(0, name.length() - 1);
        }
        Deque<String> kept = new ArrayDeque<>();
        for (String segment : name.replace('\\', '/').split("/")) {
            if (segment.equals("..")) {
                doubt("'" + shown(name) + "' climbs out of its folder");
                kept.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                kept.addLast(segment);
            }
        }
        return String.join("/", kept);
    }

    /** Whether a name is spelled in the only way that nobody reads differently. */
    private static boolean isPlain(String name) {
        return !name.isEmpty()
                && name.charAt(0) != '/'
                && name.charAt(0) != '.'
                && name.indexOf('\\') < 0
                && !name.contains("//")
                && !name.contains("/.");
    }

    private @Nullable String stripped(String place) {
        String rest = place;
        for (int i = 0; i < layout.strip(); i++) {
            int slash = rest.indexOf('/');
            if (slash < 0) {
                return null;
            }
            rest = rest.substring(slash + 1);
        }
        return rest;
    }

    /** Whether any client, however careless, may take it for a file that decides. */
    private boolean almostDecides(String name, String place) {
        String whole = folded(place);
        String within = stripped(whole);
        String written = stripped(folded(name.replace('\\', '/')));
        return layout.almostDecides(within == null ? whole : within)
                || (written != null && layout.almostDecides(written))
                || (layout.strip() > 0 && layout.almostDecides(whole));
    }

    private static String folded(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 126) {
                return Normalizer.normalize(text, Normalizer.Form.NFKC);
            }
        }
        return text;
    }

    /** The name for a sentence: short, and without what could end a line. */
    static String shown(String name) {
        String clean = name.replaceAll("[\\p{Cntrl}\\p{Cf}'\"]", "?");
        return clean.length() <= MAX_SHOWN ? clean : clean.substring(0, MAX_SHOWN) + "…";
    }
}
