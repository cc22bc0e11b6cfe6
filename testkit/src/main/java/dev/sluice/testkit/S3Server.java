package dev.sluice.testkit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A real S3 service on loopback, within this process, with one bucket. Its threads keep the process alive until {@link #close}.
 * Thread-safe.
 */
public final class S3Server implements AutoCloseable {

    /** The bucket that is there from the start. */
    public static final String BUCKET = "blobs";
    /** The access key it knows when it wants one. */
    public static final String ACCESS_KEY = "test-key";
    /** The secret of that key. */
    public static final String SECRET_KEY = "test-secret";

    private final S3Proxy proxy;
    private final BlobStore objects;

    private S3Server(S3Proxy proxy, BlobStore objects) {
        this.proxy = proxy;
        this.objects = objects;
    }

    /** One that keeps objects in memory and asks nobody who they are. */
    public static S3Server inMemory() throws IOException {
        return start(new TransientNio2BlobStore(), false);
    }

    /** One that keeps objects in memory and wants {@link #ACCESS_KEY} and {@link #SECRET_KEY}. */
    public static S3Server withKeys() throws IOException {
        return start(new TransientNio2BlobStore(), true);
    }

    /** One that keeps objects below that directory and asks nobody who they are. */
    public static S3Server in(Path directory) throws IOException {
        return start(new FilesystemNio2BlobStore(directory.toString()), false);
    }

    private static S3Server start(BlobStore objects, boolean keys) throws IOException {
        if (!objects.containerExists(BUCKET)) {
            objects.createContainer(BUCKET);
        }
        S3Proxy.Builder builder = S3Proxy.builder()
                .blobStore(objects)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .ignoreUnknownHeaders(true);
        if (keys) {
            builder.awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY);
        } else {
            builder.awsAuthentication(AuthenticationType.NONE, "", "");
        }
        S3Proxy proxy = builder.build();
        try {
            proxy.start();
        } catch (Exception e) {
            throw new IOException("the S3 service did not start", e);
        }
        return new S3Server(proxy, objects);
    }

    /** Its address, without a slash at the end. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + proxy.getPort());
    }

    /** The bucket with that prefix as an installation is told of it. */
    public String url(String prefix) {
        return url(prefix, endpoint());
    }

    /** The same, reached through another address. */
    public static String url(String prefix, URI endpoint) {
        return "s3://" + BUCKET + "/" + prefix + "?endpoint=" + endpoint + "&region=eu-central-1";
    }

    /** Keys of all objects, in order. */
    public List<String> keys() {
        return new ArrayList<>(
                objects.list(ListObjectsV2Request.builder().bucket(BUCKET).build()).contents().stream()
                        .map(S3Object::key)
                        .toList());
    }

    /** The bytes of an object. */
    public byte[] object(String key) throws IOException {
        try (var in = objects.getBlob(
                GetObjectRequest.builder().bucket(BUCKET).key(key).build())) {
            return in.readAllBytes();
        }
    }

    /** Puts bytes behind everyone's back. */
    public void object(String key, byte[] bytes) {
        objects.putBlob(
                PutObjectRequest.builder()
                        .bucket(BUCKET)
                        .key(key)
                        .contentLength((long) bytes.length)
                        .build(),
                new java.io.ByteArrayInputStream(bytes));
    }

    /** Takes an object away behind everyone's back. */
    public void remove(String key) {
        objects.removeBlob(BUCKET, key);
    }

    /** Keys of uploads in parts that were begun and neither completed nor given up. */
    public List<String> unfinished() {
        return objects.listMultipartUploads(BUCKET).stream()
                .map(upload -> String.valueOf(upload.key()))
                .toList();
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the S3 service did not stop", e);
        }
    }
}
