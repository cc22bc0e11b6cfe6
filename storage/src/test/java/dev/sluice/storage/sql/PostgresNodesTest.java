package dev.sluice.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.node.Nodes;
import dev.sluice.testkit.Node;
import dev.sluice.testkit.contract.HistoryStoreContract;
import dev.sluice.testkit.contract.NodesContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two nodes on one PostgreSQL database. */
class PostgresNodesTest implements NodesContract {
    @RegisterExtension
    final OpenDatabase first = OpenDatabase.postgres();

    @RegisterExtension
    final OpenDatabase second = OpenDatabase.postgres();

    @Override
    public Node first() {
        return node(first.get());
    }

    @Override
    public Node second() {
        return node(second.get());
    }

    private static Node node(Database database) {
        return new Node(
                database.nodes(),
                database.leases(),
                database.repositories(),
                database.tokens(),
                database.policies(),
                database.hosted(),
                database.files(),
                database.documents(),
                database.history(),
                database.advisories());
    }

    @Test
    void more_lessons_than_are_worth_naming_are_all_known_after_catching_up() {
        for (int i = 0; i < 1_100; i++) {
            PackageName name = new PackageName("npm", "p" + i);
            assertThat(second().history().of("main", name).isEmpty()).isTrue();
            first().history().learn(HistoryStoreContract.file(name, "1"), HistoryStoreContract.told(1));
        }
        caughtUp();
        for (int i = 0; i < 1_100; i++) {
            assertThat(second().history()
                            .of("main", new PackageName("npm", "p" + i))
                            .of("npm"))
                    .hasSize(1);
        }
    }

    @Test
    void an_embedded_database_has_nobody_to_catch_up_with(@org.junit.jupiter.api.io.TempDir java.nio.file.Path folder) {
        try (Database alone = Database.open(folder)) {
            assertThat(alone.nodes()).isSameAs(Nodes.ALONE);
            assertThat(alone.nodes().catchUp().toCompletableFuture()).isDone();
        }
    }
}
