package dev.sluice.bench.rego;

import java.util.List;

/** The starter policies over a real package. */
final class StarterWorkload {
    private StarterWorkload() {}

    static List<Workload> all() {
        return List.of();
    }
}
