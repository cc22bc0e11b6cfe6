package dev.sluice.rego;

import java.util.Objects;

/**
 * One Rego module as text, with the name that errors quote.
 *
 * @param name the file name shown in errors, for example {@code malware.rego}
 * @param text the module's text
 */
public record SourceFile(String name, String text) {
    public SourceFile {
        Objects.requireNonNull(name);
        Objects.requireNonNull(text);
    }
}
