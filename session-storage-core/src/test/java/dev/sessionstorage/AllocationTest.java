package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Measures what an operation on a session of five small attributes allocates, once it is compiled. The bounds are an eighth
 * above the values measured on Java 17 and 25, so they catch one more parser, {@code Mac} or copy of the attributes.
 */
@Tag("allocation")
class AllocationTest {

    private static final int OPERATIONS = 10_000;
    /** Time for the JIT compiler: before it is done, operations allocate more. */
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private SessionData stored = SessionData.fromJson("{}", 0, Instant.EPOCH, null, Instant.EPOCH);
    private final SessionStorage storage = SessionStorage.builder()
            .cookie(Scene.COOKIE)
            .createData((data, expires) -> {
                stored = data;
                return "q6sVqLBmn9yiyyLP0kVqM0dVrCSXY0PBZs_IXoTPBrI";
            })
            .readData(id -> stored)
            .updateData((id, data, expires) -> true)
            .deleteData(id -> {})
            .storesVersions()
            .idleTimeout(Duration.ofDays(1))
            .build();
    private final Session session = storage.getSession();
    private final String cookie;

    private long count;

    AllocationTest() {
        fill(session);
        cookie = Scene.sent(storage.commitSession(session));
    }

    @Test
    void readingAllAttributes() {
        assertAllocates(3_100, () -> {
            Session read = storage.getSession(cookie);
            assertRead(read, "userId");
            assertRead(read, "locale");
            assertRead(read, "theme");
            assertRead(read, "admin");
            assertRead(read, "lastPage");
        });
    }

    @Test
    void committingAChange() {
        assertAllocates(1_800, () -> {
            session.set("lastPage", ++count % 2 == 0 ? "/orders/18" : "/orders/19");
            storage.commitSession(session);
        });
    }

    @Test
    void committingNothing() {
        assertAllocates(500, () -> storage.commitSession(session));
    }

    @Test
    void creating() {
        assertAllocates(3_450, () -> {
            Session created = storage.getSession();
            fill(created);
            storage.commitSession(created);
        });
    }

    private static void fill(Session session) {
        session.set("userId", 4711);
        session.set("locale", "en-GB");
        session.set("theme", "dark");
        session.set("admin", false);
        session.set("lastPage", "/orders/17");
    }

    private static void assertRead(Session read, String name) {
        Objects.requireNonNull(read.get(name), name);
    }

    private static void assertAllocates(long atMost, Runnable operation) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        long bytes;
        do {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < OPERATIONS; i++) {
                operation.run();
            }
            bytes = (threads.getCurrentThreadAllocatedBytes() - before) / OPERATIONS;
        } while (bytes > atMost && System.nanoTime() < deadline);
        System.out.println(bytes + " of " + atMost + " bytes");
        assertThat(bytes).isBetween(100L, atMost);
    }
}
