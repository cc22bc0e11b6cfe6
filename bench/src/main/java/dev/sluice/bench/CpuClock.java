package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** CPU time of a process and its children as Linux counts it: {@code /proc/PID/stat}, in ticks of a hundredth of a second. */
final class CpuClock {

    private static final long NANOS_A_TICK = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;

    private CpuClock() {}

    /** Nanoseconds used so far, user and system. */
    static long nanos(Process process) throws IOException {
        long ticks = 0;
        try (Stream<ProcessHandle> children = process.descendants()) {
            for (ProcessHandle each :
                    Stream.concat(Stream.of(process.toHandle()), children).toList()) {
                String stat = Files.readString(Path.of("/proc/" + each.pid() + "/stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                ticks += Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
            }
        }
        return ticks * NANOS_A_TICK;
    }
}
