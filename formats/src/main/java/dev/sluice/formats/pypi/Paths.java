package dev.sluice.formats.pypi;

import java.nio.charset.StandardCharsets;

/** Where files lie below {@code /pypi/{repository}/}. Lock files record these addresses: they never change. */
final class Paths {

    private static final String UNRESERVED = "-._~!+=@";

    private Paths() {}

    /** The path of a file: {@code files/{project}/{file name}}. */
    static String file(String project, String fileName) {
        return "files/" + project + "/" + fileName;
    }

    /** One path segment, percent-encoded where it must be (RFC 3986, section 3.3). */
    static String encode(String segment) {
        StringBuilder encoded = new StringBuilder(segment.length());
        for (byte b : segment.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if ((c >= '0' && c <= '9')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || UNRESERVED.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return encoded.toString();
    }
}
