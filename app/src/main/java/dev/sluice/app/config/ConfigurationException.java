package dev.sluice.app.config;

/** The configuration is wrong; the message says which value, where it comes from, and what to write instead. */
public final class ConfigurationException extends RuntimeException {
    /** Says what is wrong. */
    public ConfigurationException(String message) {
        super(message);
    }

    /** Says what is wrong and why. */
    public ConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }
}
