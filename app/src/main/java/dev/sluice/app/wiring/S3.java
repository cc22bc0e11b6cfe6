package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.storage.blob.S3Location;
import dev.sluice.storage.blob.S3Settings;
import java.nio.file.Path;
import java.util.Optional;

/** What the configuration says of S3. */
public final class S3 {
    private S3() {}

    /** The place. Throws {@link ConfigurationException}. */
    static S3Location location(String text) {
        try {
            return S3Location.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("blobs: " + e.getMessage(), e);
        }
    }

    /** How it is reached, and what is kept below the data directory. Throws {@link ConfigurationException}. */
    static S3Settings settings(Configuration configuration, Path data) {
        Optional<String> access = configuration.find(Setting.S3_ACCESS_KEY);
        Optional<String> secret = configuration.find(Setting.S3_SECRET_KEY);
        if (access.isPresent() != secret.isPresent()) {
            throw new ConfigurationException(
                    "s3.access-key and s3.secret-key belong together: set both, or none to use the AWS environment");
        }
        S3Settings.Keys keys = access.isPresent() ? new S3Settings.Keys(access.get(), secret.orElseThrow()) : null;
        if (configuration.duration(Setting.S3_TIMEOUT).isZero()) {
            throw new ConfigurationException("s3.timeout must be longer than nothing, for example PT30S");
        }
        S3Settings standard = S3Settings.standard(keys, data.resolve("blob-cache"));
        return standard.bounded(configuration.bytes(Setting.BLOBS_CACHE), configuration.bytes(Setting.BLOBS_SPOOL))
                .patient(
                        configuration.duration(Setting.S3_TIMEOUT),
                        configuration.number(Setting.S3_ATTEMPTS, 1, 10),
                        standard.backoff());
    }
}
