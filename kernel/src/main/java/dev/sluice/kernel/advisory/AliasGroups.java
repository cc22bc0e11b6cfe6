package dev.sluice.kernel.advisory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Records that speak of one and the same thing, found by following identifiers and aliases (union-find). */
final class AliasGroups {

    private AliasGroups() {}

    /** Indexes into the list of records, grouped; groups and members keep the order of the list. */
    static List<List<Integer>> of(List<Advisory> records) {
        int[] parents = new int[records.size()];
        Map<String, Integer> firstWith = new HashMap<>();
        for (int i = 0; i < parents.length; i++) {
            parents[i] = i;
            join(parents, i, firstWith, records.get(i).id());
            for (String alias : records.get(i).aliases()) {
                join(parents, i, firstWith, alias);
            }
        }
        Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
        for (int i = 0; i < parents.length; i++) {
            groups.computeIfAbsent(root(parents, i), root -> new ArrayList<>()).add(i);
        }
        return List.copyOf(groups.values());
    }

    private static void join(int[] parents, int record, Map<String, Integer> firstWith, String identifier) {
        Integer other = firstWith.putIfAbsent(identifier.toUpperCase(Locale.ROOT), record);
        if (other != null) {
            int left = root(parents, record);
            int right = root(parents, other);
            parents[Math.max(left, right)] = Math.min(left, right);
        }
    }

    private static int root(int[] parents, int record) {
        int at = record;
        while (parents[at] != at) {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        return at;
    }
}
