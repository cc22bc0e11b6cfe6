package dev.sluice.formats.pypi;

/** Project pages of any size, as a real index writes them. */
final class Pages {

    static final String TYPE = "application/vnd.pypi.simple.v1+json";

    private Pages() {}

    /** A page of a project with as many releases, each with as many wheels, each uploaded at a time of its own. */
    static String of(String project, int releases, int wheels) {
        StringBuilder json = new StringBuilder("{\"meta\": {\"api-version\": \"1.1\"}, \"name\": \"")
                .append(project)
                .append("\", \"files\": [");
        for (int i = 0; i < releases * wheels; i++) {
            String name = project + "-1." + i / wheels + "-" + i % wheels + "x-py3-none-any.whl";
            json.append(i == 0 ? "" : ",").append("""
                            {"filename": "%s", "url": "https://files.example/packages/%02x/%060x/%s", "size": %d,
                             "hashes": {"sha256": "%064x"}, "core-metadata": {"sha256": "%064x"}, "requires-python": ">=3.9",
                             "upload-time": "%04d-01-01T00:%02d:%02d.123456Z", "yanked": false}
                            """.formatted(
                            name,
                            i % 256,
                            i * 7919L,
                            name,
                            1000 + i,
                            i * 31L,
                            i * 37L,
                            2000 + i / 3600 % 20,
                            i / 60 % 60,
                            i % 60));
        }
        return json.append("]}").toString();
    }
}
