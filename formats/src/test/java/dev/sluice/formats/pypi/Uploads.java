package dev.sluice.formats.pypi;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes wheels and the forms in which clients upload them. */
final class Uploads {

    static final String TYPE = "multipart/form-data; boundary=f00d";

    private Uploads() {}

    /** The METADATA of a release. */
    static String metadata(String name, String version) {
        return "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\nRequires-Python: >=3.8\n";
    }

    /** A wheel with that METADATA and some code before it. */
    static byte[] wheel(String name, String version) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name + "/__init__.py"));
            byte[] code = new byte[100_000];
            new java.util.Random(7).nextBytes(code);
            zip.write(code);
            zip.putNextEntry(new ZipEntry(name + "-" + version + ".dist-info/METADATA"));
            zip.write(metadata(name, version).getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry(name + "-" + version + ".dist-info/RECORD"));
        }
        return bytes.toByteArray();
    }

    /** A form as twine sends it: the fields, then the file. */
    static byte[] form(String fileName, byte[] content, String... fields) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        fields(body, fields);
        content(body, fileName, content);
        return end(body);
    }

    /** The same with the file before the fields. */
    static byte[] formWithFileFirst(String fileName, byte[] content, String... fields) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        content(body, fileName, content);
        fields(body, fields);
        return end(body);
    }

    /** The fields of a wheel's form. */
    static String[] wheelFields(String name, String version, byte[] content) {
        return new String[] {
            ":action", "file_upload",
            "protocol_version", "1",
            "metadata_version", "2.1",
            "name", name,
            "version", version,
            "filetype", "bdist_wheel",
            "pyversion", "py3",
            "requires_python", ">=3.8",
            "summary", "A thing.",
            "author", "Ann",
            "author_email", "ann@example.org",
            "classifiers", "Programming Language :: Python",
            "classifiers", "License :: OSI Approved :: MIT License",
            "project_urls", "Home, https://project.example/",
            "requires_dist", "bar>=1; python_version < '4'",
            "md5_digest", hex("MD5", content),
            "sha256_digest", hex("SHA-256", content),
            "blake2_256_digest", "00",
            "description", "long text"
        };
    }

    /** The digest in hexadecimal. */
    static String hex(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void fields(ByteArrayOutputStream body, String... fields) {
        for (int i = 0; i < fields.length; i += 2) {
            body.writeBytes(("--f00d\r\nContent-Disposition: form-data; name=\"" + fields[i] + "\"\r\n\r\n"
                            + fields[i + 1] + "\r\n")
                    .getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void content(ByteArrayOutputStream body, String fileName, byte[] content) {
        body.writeBytes(("--f00d\r\nContent-Disposition: form-data; name=\"content\"; filename=\"" + fileName
                        + "\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(content);
        body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] end(ByteArrayOutputStream body) {
        body.writeBytes("--f00d--\r\n".getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }
}
