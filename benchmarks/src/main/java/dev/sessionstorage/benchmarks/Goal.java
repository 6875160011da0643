package dev.sessionstorage.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * A performance goal. A ratio says how many times better we are than another contender; an absolute bound has no other
 * contender.
 *
 * @param table the table, or a prefix of its name
 * @param row the row
 * @param other the contender to compare with, or "" for a bound on our own value
 * @param bound the smallest ratio or the largest value allowed
 */
record Goal(String table, String row, String other, double bound) {

    static final String SPRING_SESSION = "Spring Session";

    static List<Goal> all() {
        List<Goal> goals = new ArrayList<>();
        throughput(goals, JdbcPart.DELAYED, "raw JDBC", 3.7, 1.9, 2.2);
        throughput(goals, JdbcPart.POSTGRESQL + ", 1", "raw JDBC", 5, 1.7, 1.8);
        throughput(goals, JdbcPart.POSTGRESQL + ", 8", "raw JDBC", 5, 1.7, 1.8);
        throughput(goals, JdbcPart.H2, "raw JDBC", 5, 1.7, 2.2);
        throughput(goals, RedisPart.REDIS, "raw Lettuce", 4, 1.9, 1.9);
        goals.add(new Goal(HttpPart.HTTP + JdbcPart.POSTGRESQL, "read", SPRING_SESSION, 4));
        goals.add(new Goal(HttpPart.HTTP + JdbcPart.POSTGRESQL, "count", SPRING_SESSION, 1.9));
        goals.add(new Goal(HttpPart.HTTP + JdbcPart.H2, "read", SPRING_SESSION, 1.7));
        goals.add(new Goal(HttpPart.HTTP + JdbcPart.H2, "count", SPRING_SESSION, 1.4));
        goals.add(new Goal(HotPart.HOT, "increment", "compare-and-set with retry", 3));
        goals.add(new Goal(CpuPart.TIME, "readAllAttributes", "", 1_500));
        goals.add(new Goal(CpuPart.TIME, "changeAndCommit", "", 1_500));
        goals.add(new Goal(CpuPart.TIME, "create", "", 1_500));
        goals.add(new Goal(StoragePart.STORAGE, StoragePart.SMALL, SPRING_SESSION, 4));
        goals.add(new Goal(StoragePart.STORAGE, StoragePart.LARGE, SPRING_SESSION, 2));
        goals.add(new Goal(CleanupPart.CLEANUP + JdbcPart.POSTGRESQL, CleanupPart.TIME, SPRING_SESSION, 6));
        goals.add(new Goal(CleanupPart.CLEANUP + JdbcPart.H2, CleanupPart.TIME, SPRING_SESSION, 2));
        goals.add(new Goal(CleanupPart.CLEANUP, CleanupPart.BLOCKED, "", 50));
        return List.copyOf(goals);
    }

    boolean concerns(String aTable, String aRow) {
        return aTable.startsWith(table) && aRow.equals(row);
    }

    private static void throughput(
            List<Goal> goals, String table, String raw, double read, double change, double create) {
        goals.add(new Goal(table, "read", SPRING_SESSION, read));
        goals.add(new Goal(table, "change", SPRING_SESSION, change));
        goals.add(new Goal(table, "create", SPRING_SESSION, create));
        for (String row : List.of("read", "change", "create")) {
            goals.add(new Goal(table, row, raw, 0.85));
        }
    }
}
