package dev.sluice.storage;

import org.jspecify.annotations.Nullable;

/** Where the key that seals secrets comes from; it is never in the database that holds them. Thread-safe. */
public interface KeyHolder {

    /** Nobody has one: secrets are stored as they are. */
    KeyHolder NONE = new KeyHolder() {
        @Override
        public @Nullable SecretKey find() {
            return null;
        }

        @Override
        public @Nullable SecretKey findOrMake() {
            return null;
        }

        @Override
        public String place() {
            return "nowhere";
        }
    };

    /** The key, or null when there is none. Throws StorageException when there is one that cannot be read. */
    @Nullable
    SecretKey find();

    /** The key to seal something with, made now where there is none and one may be made; else null. Throws like {@link #find}. */
    @Nullable
    SecretKey findOrMake();

    /** Where a person would look for it, for messages. */
    String place();
}
