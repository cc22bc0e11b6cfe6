package dev.sluice.bench;

import java.util.List;

/** The middle of some figures. */
final class Median {

    private Median() {}

    /** Of an even number, the mean of the middle two; 0 of none. */
    static double of(List<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        int half = sorted.size() / 2;
        if (sorted.isEmpty()) {
            return 0;
        }
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    /** Of the ratios of figures taken in turn. */
    static double ratio(List<Double> these, List<Double> others) {
        return of(java.util.stream.IntStream.range(0, Math.min(these.size(), others.size()))
                .mapToObj(i -> these.get(i) / others.get(i))
                .toList());
    }
}
