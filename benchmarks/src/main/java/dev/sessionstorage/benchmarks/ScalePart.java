package dev.sessionstorage.benchmarks;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.TestDatabases;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import javax.sql.DataSource;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Measures a read and a change of random sessions among few and among many on PostgreSQL, in turns, and the application's heap.
 */
final class ScalePart implements Part {

    static final String SCALE = "Scale, PostgreSQL";
    static final String FEW = "10 thousand";

    private static final Map<String, Long> SIZES = new LinkedHashMap<>();

    static {
        SIZES.put(FEW, 10_000L);
        SIZES.put("1 million", 1_000_000L);
        SIZES.put("10 million", 10_000_000L);
    }

    @Override
    public void run(Settings settings, Results results) throws Exception {
        List<ServletWebServerApplicationContext> applications = new ArrayList<>();
        try {
            Map<String, Race.Work> reads = new LinkedHashMap<>();
            Map<String, Race.Work> changes = new LinkedHashMap<>();
            for (Map.Entry<String, Long> size : SIZES.entrySet()) {
                if (size.getValue() > 1_000_000 && !settings.huge()) {
                    continue;
                }
                long sessions = settings.quick() ? size.getValue() / 10 : size.getValue();
                DatabaseSettings database = TestDatabases.postgresql();
                ServletWebServerApplicationContext application = Applications.sessionStorage(database);
                applications.add(application);
                fill(new JdbcTemplate(application.getBean(DataSource.class)), sessions);
                SessionDataRepository repository = application.getBean(SessionDataRepository.class);
                reads.put(size.getKey(), work(repository, sessions, (id, data) -> {}));
                changes.put(
                        size.getKey(),
                        work(repository, sessions, (id, data) -> repository.updateData(id, data, data.expires())));
            }
            Race race = new Race(settings, results, SCALE, 1);
            for (String name : reads.keySet()) {
                results.add(new Measurement(SCALE, "heap before", name, "MB", 0, heap()));
            }
            race.run("read", reads);
            race.run("change", changes);
            for (String name : reads.keySet()) {
                results.add(new Measurement(SCALE, "heap after", name, "MB", 0, heap()));
            }
        } finally {
            applications.forEach(ServletWebServerApplicationContext::close);
        }
    }

    /** Inserts the known ids {@code s1}, {@code s2}, … in the order of their hashes, which is faster. */
    private static void fill(JdbcTemplate jdbc, long sessions) {
        jdbc.execute("""
                insert into session_data (id, data, version, created_at, expires)
                select translate(rtrim(encode(sha256(('s' || n)::bytea), 'base64'), '='), '+/', '-_'),
                  '{"userId":' || n || ',"locale":"en-GB","theme":"dark","admin":false,"lastPage":"/orders/17"}',
                  0, extract(epoch from now()) * 1000, extract(epoch from now()) * 1000 + 86400000
                from generate_series(1, %d) as r(n) order by 1
                """.formatted(sessions));
        jdbc.execute("vacuum analyze session_data");
        jdbc.execute("checkpoint");
    }

    private static Race.Work work(
            SessionDataRepository repository, long sessions, BiConsumer<String, SessionData> change) {
        return (thread, number) -> {
            String id = "s" + (1 + ThreadLocalRandom.current().nextLong(sessions));
            SessionData data = repository.readData(id);
            if (data == null) {
                throw new IllegalStateException("The session is gone");
            }
            change.accept(id, data);
        };
    }

    private static double heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6;
    }
}
