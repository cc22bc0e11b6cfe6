package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;

/**
 * An npm packument of some 20 KB a version, made while it is sent.
 *
 * @param name of the package
 * @param versions how many it has: {@code 1.0.0}, {@code 1.0.1} …
 */
record LargePackument(String name, int versions) {

    private static final String BALLAST = "x".repeat(20_000);

    void write(OutputStream out) throws IOException {
        put(
                out,
                "{\"_id\":\"%1$s\",\"name\":\"%1$s\",\"dist-tags\":{\"latest\":\"1.0.0\"},\"versions\":{"
                        .formatted(name));
        for (int i = 0; i < versions; i++) {
            put(
                    out,
                    (i == 0 ? "" : ",")
                            + ("\"1.0.%1$d\":{\"name\":\"%2$s\",\"version\":\"1.0.%1$d\",\"license\":\"MIT\",\"dist\":{"
                                            + "\"shasum\":\"0000000000000000000000000000000000000000\",\"tarball\":\"http://x.invalid/%2$s-1.0.%1$d.tgz\"},"
                                            + "\"description\":\"%1$d")
                                    .formatted(i, name)
                            + BALLAST
                            + "\"}");
        }
        put(out, "},\"time\":{");
        for (int i = 0; i < versions; i++) {
            put(out, (i == 0 ? "" : ",") + "\"1.0." + i + "\":\"" + FakeNpm.LONG_AGO + "\"");
        }
        put(out, "}}");
    }

    private static void put(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(UTF_8));
    }
}
