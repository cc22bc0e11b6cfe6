package dev.sluice.storage.blob;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobStore.Kept;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The objects of one place in S3: every request that is made, with bounded time and attempts, and what its failures mean.
 *
 * <p>Every failure is an IOException that says what was tried; nothing of it shows keys. Thread-safe.
 */
final class S3Objects implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(S3Objects.class);
    private static final Pattern KEY = Pattern.compile("([0-9a-f]{2})/([0-9a-f]{62})");
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final long SLOWEST_BYTES_PER_SECOND = 1 << 20;
    private static final String TYPE = "application/octet-stream";
    private static final int MOST_PARTS = 10_000; // S3 takes no more

    private final S3Location location;
    private final S3Settings settings;
    private final S3Client client;

    S3Objects(S3Location location, S3Settings settings) throws IOException {
        this.location = location;
        this.settings = settings;
        this.client = client(location, settings);
    }

    private static S3Client client(S3Location location, S3Settings settings) throws IOException {
        S3Settings.Keys keys = settings.keys();
        AwsCredentialsProvider credentials = keys == null
                ? DefaultCredentialsProvider.builder().build()
                : StaticCredentialsProvider.create(AwsBasicCredentials.create(keys.accessKey(), keys.secretKey()));
        BackoffStrategy backoff = BackoffStrategy.exponentialDelay(settings.backoff(), LONGEST_PAUSE);
        S3ClientBuilder builder = S3Client.builder()
                .credentialsProvider(credentials)
                .region(region(location))
                .forcePathStyle(location.pathStyle())
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(settings.timeout().compareTo(CONNECT) < 0 ? settings.timeout() : CONNECT)
                        .socketTimeout(settings.timeout()))
                // Many services beside Amazon's know neither checksums in trailers nor signed chunks; Content-MD5 they
                // know.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
                .overrideConfiguration(override -> override.apiCallAttemptTimeout(settings.timeout())
                        .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(settings.attempts())
                                .backoffStrategy(backoff)
                                .throttlingBackoffStrategy(backoff)
                                .build()));
        if (location.endpoint() != null) {
            builder.endpointOverride(location.endpoint());
        }
        return builder.build();
    }

    /** Never asks the machine's metadata service: a region is configured, or of no importance beside an endpoint. */
    private static Region region(S3Location location) throws IOException {
        if (location.region() != null) {
            return Region.of(location.region());
        }
        try {
            return new AwsRegionProviderChain(new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
                    .getRegion();
        } catch (SdkException unknown) {
            if (location.endpoint() != null) {
                return Region.US_EAST_1;
            }
            throw new IOException(
                    "the region of " + location + " is not known; add ?region=… to the address, or set AWS_REGION",
                    unknown);
        }
    }

    /** Sees that the bucket is there and may be used. Throws IOException saying what to do otherwise. */
    void check() throws IOException {
        ask(
                "use the bucket",
                () -> client.listObjectsV2(r ->
                        r.bucket(location.bucket()).prefix(location.folder()).maxKeys(1)));
    }

    /** A blob's object, if there is one. */
    Optional<Kept> find(Digest sha256) throws IOException {
        try {
            var head = ask(
                    "look for " + sha256,
                    () -> client.headObject(r -> r.bucket(location.bucket()).key(key(sha256))));
            return Optional.of(kept(sha256, head.contentLength(), head.lastModified()));
        } catch (FileNotFoundException absent) {
            return Optional.empty();
        }
    }

    /** Objects tell their age in seconds, lists sometimes finer. */
    private static Kept kept(Digest sha256, long size, Instant modified) {
        return new Kept(new Blob(sha256, size), modified.truncatedTo(ChronoUnit.SECONDS));
    }

    /** Opens bytes of an object; once only, and they may break off. Throws FileNotFoundException. */
    InputStream open(Digest sha256, long position, long length) throws IOException {
        ResponseInputStream<GetObjectResponse> in = ask(
                "read " + sha256,
                () -> client.getObject(r -> r.bucket(location.bucket())
                        .key(key(sha256))
                        .range("bytes=" + position + "-" + (position + length - 1))));
        return new AbortedOnClose(in, length);
    }

    /** Opens a whole object of known length, taken up again where it breaks off. Throws FileNotFoundException. */
    InputStream resumed(Digest sha256, long position, long length) throws IOException {
        return new ResumedInputStream(
                (from, count) -> open(sha256, from, count), position, length, settings.attempts());
    }

    /** Keeps a file as a blob's object, visible only as a whole. */
    void put(Digest sha256, Path file, long size, Digest md5) throws IOException {
        if (size > settings.partBytes()) {
            putInParts(sha256, file, size);
            return;
        }
        try (FileSection all = new FileSection(file, 0, size)) {
            String contentMd5 = java.util.Base64.getEncoder().encodeToString(md5.bytes());
            ask(
                    "keep " + sha256,
                    () -> client.putObject(
                            r -> r.bucket(location.bucket())
                                    .key(key(sha256))
                                    .contentMD5(contentMd5)
                                    .overrideConfiguration(o -> o.apiCallAttemptTimeout(patience(size))),
                            body(all, size)));
        }
    }

    /** What a small object about the place itself says, at most so many bytes of it. Throws FileNotFoundException. */
    String text(String name, int most) throws IOException {
        ResponseInputStream<GetObjectResponse> in = ask(
                "read " + name,
                () -> client.getObject(r -> r.bucket(location.bucket()).key(location.key(name))));
        try (InputStream bytes = in) {
            return new String(bytes.readNBytes(most), StandardCharsets.UTF_8);
        }
    }

    /** Keeps such an object. */
    void putText(String name, String text) throws IOException {
        ask(
                "keep " + name,
                () -> client.putObject(
                        r -> r.bucket(location.bucket()).key(location.key(name)),
                        RequestBody.fromBytes(text.getBytes(StandardCharsets.UTF_8))));
    }

    /** Makes an object as young as a new one, without sending its bytes again. */
    void renew(Digest sha256) throws IOException {
        ask(
                "renew " + sha256,
                () -> client.copyObject(r -> r.sourceBucket(location.bucket())
                        .sourceKey(key(sha256))
                        .destinationBucket(location.bucket())
                        .destinationKey(key(sha256))
                        .contentType(TYPE)
                        .metadataDirective(MetadataDirective.REPLACE)));
    }

    private void putInParts(Digest sha256, Path file, long size) throws IOException {
        String id = begin(sha256);
        try {
            long part = Math.max(settings.partBytes(), (size + MOST_PARTS - 1) / MOST_PARTS);
            List<CompletedPart> parts = new ArrayList<>();
            for (long offset = 0; offset < size; offset += part) {
                parts.add(putPart(sha256, id, parts.size() + 1, file, offset, Math.min(part, size - offset)));
            }
            ask(
                    "complete " + sha256,
                    () -> client.completeMultipartUpload(r -> r.bucket(location.bucket())
                            .key(key(sha256))
                            .uploadId(id)
                            .multipartUpload(m -> m.parts(parts))
                            .overrideConfiguration(o -> o.apiCallAttemptTimeout(patience(size)))));
        } catch (IOException | RuntimeException e) {
            abort(key(sha256), id);
            throw e;
        }
    }

    /** Begins an upload in parts; whoever does not complete it should give it up. */
    String begin(Digest sha256) throws IOException {
        return ask(
                        "begin " + sha256,
                        () -> client.createMultipartUpload(r ->
                                r.bucket(location.bucket()).key(key(sha256)).contentType(TYPE)))
                .uploadId();
    }

    private CompletedPart putPart(Digest sha256, String id, int number, Path file, long offset, long length)
            throws IOException {
        try (FileSection section = new FileSection(file, offset, length)) {
            String contentMd5 = section.md5();
            String etag = ask(
                            "keep part " + number + " of " + sha256,
                            () -> client.uploadPart(
                                    r -> r.bucket(location.bucket())
                                            .key(key(sha256))
                                            .uploadId(id)
                                            .partNumber(number)
                                            .contentMD5(contentMd5)
                                            .overrideConfiguration(o -> o.apiCallAttemptTimeout(patience(length))),
                                    body(section, length)))
                    .eTag();
            return CompletedPart.builder().partNumber(number).eTag(etag).build();
        }
    }

    private static RequestBody body(FileSection section, long length) {
        return RequestBody.fromContentProvider(section, length, TYPE);
    }

    private Duration patience(long bytes) {
        return settings.timeout().plusSeconds(bytes / SLOWEST_BYTES_PER_SECOND);
    }

    private void abort(String key, String id) {
        try {
            ask(
                    "give up " + key,
                    () -> client.abortMultipartUpload(
                            r -> r.bucket(location.bucket()).key(key).uploadId(id)));
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("parts of a broken upload stay in S3 until they are swept at a later start");
        }
    }

    /** Removes an object, whether it is there or not. */
    void delete(Digest sha256) throws IOException {
        ask(
                "delete " + sha256,
                () -> client.deleteObject(r -> r.bucket(location.bucket()).key(key(sha256))));
    }

    /** Copies a damaged object to a key that no blob has; tells the key. */
    String copyAside(Digest sha256) throws IOException {
        String aside = location.folder() + "damaged/" + sha256.hex();
        ask(
                "copy aside " + sha256,
                () -> client.copyObject(r -> r.sourceBucket(location.bucket())
                        .sourceKey(key(sha256))
                        .destinationBucket(location.bucket())
                        .destinationKey(aside)
                        .contentType(TYPE)
                        .metadataDirective(MetadataDirective.REPLACE)));
        return aside;
    }

    /**
     * Hands every blob's object to the consumer, a page in memory at a time; other objects are passed over.
     *
     * @param begin of the digests that are wanted, in hexadecimal
     */
    void list(String begin, Consumer<Kept> consumer) throws IOException {
        String token = null;
        String prefix =
                location.folder() + (begin.length() > 2 ? begin.substring(0, 2) + "/" + begin.substring(2) : begin);
        do {
            String after = token;
            var page = ask(
                    "list blobs",
                    () -> client.listObjectsV2(
                            r -> r.bucket(location.bucket()).prefix(prefix).continuationToken(after)));
            for (S3Object object : page.contents()) {
                Matcher name =
                        KEY.matcher(object.key().substring(location.folder().length()));
                if (name.matches()) {
                    consumer.accept(
                            kept(Digest.sha256(name.group(1) + name.group(2)), object.size(), object.lastModified()));
                }
            }
            token = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
        } while (token != null);
    }

    /** Gives up uploads of blobs in parts that began before that instant: whoever began them is gone. */
    void sweep(Instant before) {
        try {
            String key = null;
            String id = null;
            boolean more = true;
            while (more) {
                String afterKey = key;
                String afterId = id;
                var page = ask(
                        "list unfinished uploads",
                        () -> client.listMultipartUploads(r -> r.bucket(location.bucket())
                                .prefix(location.folder())
                                .keyMarker(afterKey)
                                .uploadIdMarker(afterId)));
                for (MultipartUpload upload : page.uploads()) {
                    if (upload.initiated().isBefore(before) && upload.key().startsWith(location.folder())) {
                        LOG.atInfo().addKeyValue("key", upload.key()).log("an abandoned upload is given up");
                        abort(upload.key(), upload.uploadId());
                    }
                }
                key = page.nextKeyMarker();
                id = page.nextUploadIdMarker();
                more = Boolean.TRUE.equals(page.isTruncated()) && key != null;
            }
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("abandoned uploads could not be looked for");
        }
    }

    private String key(Digest sha256) {
        if (sha256.algorithm() != Digest.Algorithm.SHA256) {
            throw new IllegalArgumentException("blobs are addressed by sha256, not by " + sha256);
        }
        return location.folder() + sha256.hex().substring(0, 2) + "/"
                + sha256.hex().substring(2);
    }

    private <T> T ask(String what, Supplier<T> request) throws IOException {
        try {
            return request.get();
        } catch (AwsServiceException e) {
            throw refused(what, e);
        } catch (SdkException | java.io.UncheckedIOException e) {
            throw new BlobsUnavailableException("cannot " + what + " in " + location + ": " + reason(e), e);
        }
    }

    private IOException refused(String what, AwsServiceException e) {
        String code =
                e.awsErrorDetails() == null ? "" : " " + e.awsErrorDetails().errorCode();
        if (e.statusCode() == 404 && !code.contains("NoSuchBucket") && !code.contains("NoSuchUpload")) {
            FileNotFoundException absent =
                    new FileNotFoundException("cannot " + what + " in " + location + ": not there");
            absent.initCause(e);
            return absent;
        }
        String advice = switch (e.statusCode()) {
            case 401, 403 -> "; check s3.access-key and s3.secret-key, the region, and what the bucket allows";
            case 301, 307, 400 -> "; check the region, the endpoint and path-style";
            case 404 -> "; make the bucket, or check its name and path-style";
            default -> e.statusCode() >= 500 ? "; S3 has a problem, try again" : "";
        };
        return new BlobsUnavailableException(
                "cannot " + what + " in " + location + ": it answered " + e.statusCode() + code + advice, e);
    }

    private static String reason(Throwable e) {
        Throwable deepest = e;
        while (deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
    }

    @Override
    public void close() {
        client.close();
    }

    /** A response's body; closing it early drops the connection instead of reading the rest. */
    private static final class AbortedOnClose extends java.io.FilterInputStream {
        private final ResponseInputStream<GetObjectResponse> response;
        private long left;

        AbortedOnClose(ResponseInputStream<GetObjectResponse> response, long length) {
            super(response);
            this.response = response;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count;
            try {
                count = in.read(target, offset, length);
            } catch (SdkException e) {
                throw new BlobsUnavailableException(reason(e), e);
            }
            left -= Math.max(0, count);
            return count;
        }

        @Override
        public void close() throws IOException {
            if (left > 0) {
                response.abort();
            } else {
                response.close();
            }
        }
    }
}
