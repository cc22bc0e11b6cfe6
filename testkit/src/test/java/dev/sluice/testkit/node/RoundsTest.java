package dev.sluice.testkit.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.node.Nodes;
import dev.sluice.kernel.node.Rounds;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class RoundsTest {

    private final Deque<Runnable> work = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();

    private static CompletableFuture<Void> catchUp(Nodes nodes) {
        return nodes.catchUp().toCompletableFuture();
    }

    @Test
    void a_single_node_has_caught_up_before_it_asks_and_makes_nothing_new_for_it() {
        assertThat(catchUp(Nodes.ALONE)).isCompleted().isSameAs(catchUp(Nodes.ALONE));
    }

    @Test
    void everybody_who_came_before_a_round_began_shares_it() {
        Nodes nodes = new Rounds(() -> asked.add("round"), work::add, Duration.ofMinutes(1));
        CompletableFuture<Void> first = catchUp(nodes);
        CompletableFuture<Void> second = catchUp(nodes);
        assertThat(first).isNotDone();

        work.remove().run();

        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(asked).hasSize(1);
        assertThat(work).isEmpty();
    }

    @Test
    void who_comes_while_a_round_is_under_way_waits_for_the_next() {
        List<CompletableFuture<Void>> late = new ArrayList<>();
        List<Boolean> lateWasDone = new ArrayList<>();
        Nodes[] self = new Nodes[1];
        Nodes nodes = new Rounds(
                () -> {
                    asked.add("round");
                    if (asked.size() == 1) {
                        late.add(catchUp(self[0]));
                        late.add(catchUp(self[0]));
                    } else {
                        lateWasDone.add(late.getFirst().isDone());
                    }
                },
                work::add,
                Duration.ofMinutes(1));
        self[0] = nodes;
        var _ = catchUp(nodes);

        work.remove().run();

        assertThat(asked).hasSize(2);
        assertThat(lateWasDone).containsExactly(false);
        assertThat(late).allSatisfy(stage -> assertThat(stage).isCompleted());
        assertThat(work).isEmpty();
    }

    @Test
    void a_failure_reaches_those_who_shared_the_round_and_nobody_else() {
        Nodes nodes = new Rounds(
                () -> {
                    asked.add("round");
                    if (asked.size() == 1) {
                        throw new IllegalStateException("no connection");
                    }
                },
                work::add,
                Duration.ofMinutes(1));
        CompletableFuture<Void> unlucky = catchUp(nodes);
        work.remove().run();
        CompletableFuture<Void> later = catchUp(nodes);
        work.remove().run();

        assertThatThrownBy(unlucky::join)
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("no connection");
        assertThat(later).isCompleted();
    }

    @Test
    void nobody_waits_longer_than_the_limit_for_a_database_that_says_nothing() {
        CountDownLatch silence = new CountDownLatch(1);
        Nodes nodes = new Rounds(silence::await, task -> Thread.ofVirtual().start(task), Duration.ofMillis(20));
        CompletableFuture<Void> first = catchUp(nodes);
        CompletableFuture<Void> second = catchUp(nodes);

        assertThatThrownBy(first::join).hasCauseInstanceOf(TimeoutException.class);
        assertThatThrownBy(second::join).hasCauseInstanceOf(TimeoutException.class);
        silence.countDown();
    }
}
