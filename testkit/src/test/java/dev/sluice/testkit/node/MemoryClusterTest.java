package dev.sluice.testkit.node;

import dev.sluice.kernel.node.Leases;
import dev.sluice.testkit.MemoryCluster;
import dev.sluice.testkit.Node;
import dev.sluice.testkit.contract.LeasesContract;
import dev.sluice.testkit.contract.NodesContract;
import org.junit.jupiter.api.Nested;

/** The stores in memory that tests of several nodes use keep the contracts themselves. */
class MemoryClusterTest {

    private final MemoryCluster cluster = new MemoryCluster();
    private final Node one = cluster.join();
    private final Node two = cluster.join();

    @Nested
    class TheNodes implements NodesContract {
        @Override
        public Node first() {
            return one;
        }

        @Override
        public Node second() {
            return two;
        }
    }

    @Nested
    class TheirLeases implements LeasesContract {
        @Override
        public Leases first() {
            return one.leases();
        }

        @Override
        public Leases second() {
            return two.leases();
        }

        @Override
        public void crashFirst() {
            cluster.crash(one);
        }

        @Override
        public void passLeaseTime() {
            cluster.passLeaseTime();
        }
    }
}
