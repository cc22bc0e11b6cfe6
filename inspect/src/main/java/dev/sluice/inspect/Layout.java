package dev.sluice.inspect;

import java.util.regex.Pattern;

/**
 * Where the clients of a format put what an archive holds, and which of its files decide.
 *
 * @param strip how many leading folders clients take off
 * @param decisive places of the files that facts are read from
 * @param alike the same for whoever is careless about case and spelling: whatever lies at such a place must be spelled as decisive
 * @param told places where two files of one name are told: everywhere, unless packers of that format are known to be careless
 * @param several whether several files may decide; else all but one are told
 * @param prefix whether clients take an archive that begins with something else (a jar that is a program)
 */
record Layout(int strip, Pattern decisive, Pattern alike, Pattern told, boolean several, boolean prefix) {

    private static final Pattern ALL = Pattern.compile("(?s).*");

    /** npm strips the first folder whatever its name, reads package.json, and builds binding.gyp. */
    static final Layout NPM = of(1, "package\\.json|binding\\.gyp", "package\\.json|binding\\.gyp");

    /** A wheel is laid out as it is installed; what lies in {@code .data/purelib} is put over it. */
    static final Layout WHEEL =
            of(0, "[^/]+\\.dist-info/METADATA", "([^/]+\\.data/(purelib|platlib)/)?[^/]+\\.dist-info/METADATA");

    /** A source distribution holds everything in one folder. */
    static final Layout SDIST = of(1, "PKG-INFO", "PKG-INFO");

    /** An egg holds its metadata in one folder of that name. */
    static final Layout EGG = of(0, "EGG-INFO/PKG-INFO", "EGG-INFO/PKG-INFO");

    /** A jar is laid out as a class path; packers of jars often put a licence in twice. */
    static final Layout JAR = new Layout(
            0,
            Pattern.compile("META-INF/maven/[^/]+/[^/]+/pom\\.xml"),
            Pattern.compile("META-INF/maven/[^/]+/[^/]+/pom\\.xml", Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE),
            Pattern.compile("(?s).*\\.class|META-INF/(MANIFEST\\.MF|services/.*|maven/.*/pom\\.xml)"),
            true,
            true);

    private static Layout of(int strip, String decisive, String alike) {
        return new Layout(
                strip,
                Pattern.compile(decisive),
                Pattern.compile(alike, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE),
                ALL,
                false,
                false);
    }

    boolean decides(String place) {
        return decisive.matcher(place).matches();
    }

    boolean almostDecides(String place) {
        return alike.matcher(place).matches();
    }

    boolean tellsTwice(String place) {
        return told.matcher(place).matches();
    }
}
