package dev.sluice.server.api;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.repository.NamePattern;
import dev.sluice.kernel.repository.Repository;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How many of the packages that a repository holds each of its reserved names covers, so that a void one is seen at once. */
final class Reservations {

    private static final int PAGE = 1000;
    private static final int EXAMPLES = 3;

    /** So many names are compared with so many patterns at most; beyond, only the first names are looked at. */
    private static final int COMPARISONS = 20_000_000;

    private static final class Count {
        private long names;
        private final List<String> examples = new ArrayList<>(EXAMPLES);
    }

    private Reservations() {}

    /** One object a reserved name: {@code name}, {@code covers} (a number of packages), {@code examples}. */
    static ArrayNode of(Repository repository, Set<String> formats, RepositoryApi.Known known) {
        Map<NamePattern, Count> counts = new LinkedHashMap<>();
        repository.reserved().forEach(reserved -> counts.put(reserved, new Count()));
        if (!counts.isEmpty()) {
            formats.stream().sorted().forEach(format -> count(repository, format, known, counts));
        }
        ArrayNode list = Replies.array();
        counts.forEach((reserved, count) -> {
            ObjectNode node = list.addObject().put("name", reserved.toString()).put("covers", count.names);
            node.set("examples", Replies.texts(count.examples));
        });
        return list;
    }

    private static void count(
            Repository repository, String format, RepositoryApi.Known known, Map<NamePattern, Count> counts) {
        int left = COMPARISONS / counts.size();
        List<PackageName> page = known.names(repository, format, "", PAGE);
        while (!page.isEmpty() && left > 0) {
            for (PackageName name : page) {
                counts.forEach((reserved, count) -> {
                    if (reserved.covers(name)) {
                        count.names++;
                        if (count.examples.size() < EXAMPLES) {
                            count.examples.add(name.name());
                        }
                    }
                });
            }
            left -= page.size();
            page = known.names(repository, format, page.getLast().name(), PAGE);
        }
    }
}
