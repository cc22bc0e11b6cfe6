package dev.sluice.server.api;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Purl;
import dev.sluice.kernel.format.Format;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a purl in a request names: a package, and perhaps a version of it, which may be spelt otherwise than it is kept.
 *
 * @param format whose purl it is
 * @param name the package
 * @param version as the purl spells it, or null when it names the whole package
 */
record Named(Format format, PackageName name, @Nullable String version) {

    /** What that purl names, by the format whose type it has. Throws InvalidInputException about the field {@code purl}. */
    static Named by(List<Format> formats, String text) {
        try {
            Purl purl = Purl.parse(text);
            for (Format format : formats) {
                if (format.purlType().equals(purl.type())) {
                    return new Named(format, format.packageName(purl), purl.version());
                }
            }
            throw new IllegalArgumentException("no format of type '" + purl.type() + "' here; known: "
                    + String.join(", ", formats.stream().map(Format::purlType).toList()));
        } catch (IllegalArgumentException e) {
            throw InvalidInputException.field("purl", String.valueOf(e.getMessage()));
        }
    }

    /** The version; throws InvalidInputException when the purl has none, or one that can never be one. */
    Coordinates coordinates() {
        if (version == null) {
            throw InvalidInputException.field(
                    "purl", "the purl needs a version: " + format.purl(new Coordinates(name, "1.0.0")));
        }
        try {
            return new Coordinates(name, version);
        } catch (IllegalArgumentException e) {
            throw InvalidInputException.field("purl", String.valueOf(e.getMessage()));
        }
    }

    /** Which of the known versions it names; see {@link Format#spellings}. Nothing when it names the whole package. */
    List<String> spellings(Collection<String> known) {
        return version == null ? List.of() : format.spellings(version, known);
    }
}
