package dev.sluice.storage.blob;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where blobs are in S3, written {@code s3://bucket/prefix?endpoint=http://host:9000&region=eu-central-1&path-style=true}.
 *
 * <p>A blob's key is {@code prefix/sha256/ab/cdef…}: the first byte of its SHA-256 in hexadecimal, then the rest, the layout of
 * {@link DirectoryBlobStore}. Immutable.
 *
 * @param bucket name of the bucket, which must exist
 * @param prefix what keys begin with, without slashes at either end; may be empty
 * @param endpoint address of the service; null for the one of the region
 * @param region region of the bucket; null for that of the environment or profile
 * @param pathStyle whether the bucket is named in the path rather than in the host's name
 */
public record S3Location(
        String bucket,
        String prefix,
        @Nullable URI endpoint,
        @Nullable String region,
        boolean pathStyle) {
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,254}");
    private static final String FORM = "write s3://BUCKET/PREFIX?endpoint=URL&region=REGION&path-style=true|false";

    /** Whether the text is meant to be such a place. */
    public static boolean isS3(String text) {
        return text.startsWith("s3://");
    }

    /** Reads a place. Throws IllegalArgumentException saying what is wrong. */
    public static S3Location parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + text + "' is no address in S3; " + FORM, e);
        }
        String bucket = uri.getRawAuthority();
        if (!isS3(text) || bucket == null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("'" + text + "' is no address in S3; " + FORM);
        }
        if (bucket.contains("@")) {
            throw new IllegalArgumentException(
                    "keys do not belong into the address of a bucket; use s3.access-key and s3.secret-key");
        }
        if (!BUCKET.matcher(bucket).matches()) {
            throw new IllegalArgumentException("'" + bucket + "' is no name of a bucket; " + FORM);
        }
        Map<String, String> parameters = parameters(uri.getRawQuery());
        URI endpoint = endpoint(parameters.remove("endpoint"));
        String region = parameters.remove("region");
        String pathStyle = parameters.remove("path-style");
        if (pathStyle != null && !pathStyle.equals("true") && !pathStyle.equals("false")) {
            throw new IllegalArgumentException("path-style is 'true' or 'false', not '" + pathStyle + "'");
        }
        if (!parameters.isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + parameters.keySet().iterator().next() + "' is not known of an address in S3; " + FORM);
        }
        return new S3Location(
                bucket,
                uri.getPath().replaceAll("^/+|/+$", ""),
                endpoint,
                region,
                pathStyle == null ? endpoint != null : pathStyle.equals("true"));
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new TreeMap<>();
        for (String pair : query == null ? new String[0] : query.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            if (parts.length != 2 || parts[1].isBlank()) {
                throw new IllegalArgumentException("'" + pair + "' of an address in S3 has no value; " + FORM);
            }
            parameters.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return parameters;
    }

    private static @Nullable URI endpoint(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            URI uri = new URI(text);
            if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // told below
        }
        throw new IllegalArgumentException(
                "endpoint must be like https://storage.example:9000, without user or password");
    }

    /** What every blob's key begins with. */
    String folder() {
        return prefix.isEmpty() ? "sha256/" : prefix + "/sha256/";
    }

    /** The key of something about the place itself; no blob's key begins so. */
    String key(String name) {
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    /** The place without its parameters, for people. */
    @Override
    public String toString() {
        return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix) + (endpoint == null ? "" : " at " + endpoint);
    }
}
