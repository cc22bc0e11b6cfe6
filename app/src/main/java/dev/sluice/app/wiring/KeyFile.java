package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.app.control.ControlFile;
import dev.sluice.storage.KeyHolder;
import dev.sluice.storage.SecretKey;
import dev.sluice.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The key that seals secrets: the one that is configured, else that of the file {@code secret.key} in the data directory.
 *
 * <p>The file is made, readable for its owner alone, when there is first something to seal; but not where several nodes share the
 * database, because each would make its own.
 */
final class KeyFile implements KeyHolder {

    private static final int LONGEST = 200;

    private final Path file;
    private final boolean makes;
    private volatile @Nullable SecretKey key;

    private KeyFile(Path file, boolean makes, @Nullable SecretKey configured) {
        this.file = file;
        this.makes = makes;
        this.key = configured;
    }

    /** The key of an installation. Throws ConfigurationException when the configured one is none. */
    static KeyFile of(Configuration configuration, Path data) {
        SecretKey configured;
        try {
            configured =
                    configuration.find(Setting.SECRET_KEY).map(SecretKey::parse).orElse(null);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("secret-key: " + e.getMessage(), e);
        }
        return new KeyFile(data.resolve("secret.key"), !Home.isShared(configuration), configured);
    }

    @Override
    public @Nullable SecretKey find() {
        SecretKey known = key;
        if (known == null && Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                known = SecretKey.parse(new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8));
            } catch (IOException | IllegalArgumentException e) {
                throw new StorageException("the key file '" + file + "' cannot be read: " + e.getMessage(), e);
            }
            key = known;
        }
        return known;
    }

    @Override
    public synchronized @Nullable SecretKey findOrMake() {
        SecretKey known = find();
        if (known != null || !makes) {
            return known;
        }
        SecretKey made = SecretKey.generate();
        try {
            ControlFile.writePrivate(file, made.text() + "\n");
        } catch (IOException e) {
            throw new StorageException("the key file '" + file + "' cannot be written: " + e.getMessage(), e);
        }
        key = made;
        return made;
    }

    @Override
    public String place() {
        return "'" + file + "' or the setting secret-key";
    }
}
