package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.formats.maven.MavenFormat;
import dev.sluice.formats.npm.NpmFormat;
import dev.sluice.formats.pypi.PypiFormat;
import dev.sluice.formats.pypi.Withheld;
import dev.sluice.formats.version.Pep440Order;
import dev.sluice.kernel.format.Format;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The formats that are served. A new one is a line here. */
public final class Formats {

    private Formats() {}

    /** The formats that are served, as they are configured. */
    public static List<Format> of(Configuration configuration) {
        return List.of(
                new NpmFormat(),
                new PypiFormat(
                        new Pep440Order(),
                        configuration.get(Setting.PYPI_WITHHELD).equals("yank") ? Withheld.YANK : Withheld.DROP),
                new MavenFormat(configuration.number(Setting.MAVEN_SNAPSHOTS, 1, 1_000)));
    }

    /** The same by their identifiers, in the same order. */
    static Map<String, Format> byId(List<Format> formats) {
        Map<String, Format> byId = new LinkedHashMap<>();
        formats.forEach(format -> byId.put(format.id(), format));
        return byId;
    }
}
