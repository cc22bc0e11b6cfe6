package dev.sluice.rego.syntax;

/**
 * What a METADATA comment says.
 *
 * @param title its title, or the empty string
 * @param description its description, or the empty string
 */
public record Annotations(String title, String description) {
    public static final Annotations NONE = new Annotations("", "");
}
