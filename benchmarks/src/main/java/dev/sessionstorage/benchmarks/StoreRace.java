package dev.sessionstorage.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Races several stores at reading, changing and creating sessions, on 1 and on 8 threads. */
final class StoreRace {

    static final int MAX_THREADS = 8;
    /** The number of sessions per thread. Threads share none, so there are no conflicts. */
    private static final int SESSIONS = 64;

    private final Settings settings;
    private final Results results;
    private final List<Contender> contenders;
    private final Map<Contender, List<String>> keys = new LinkedHashMap<>();

    StoreRace(Settings settings, Results results, List<Contender> contenders) {
        this.settings = settings;
        this.results = results;
        this.contenders = contenders;
        for (Contender contender : contenders) {
            List<String> created = new ArrayList<>();
            for (int i = 0; i < MAX_THREADS * SESSIONS; i++) {
                created.add(contender.create());
            }
            keys.put(contender, created);
        }
    }

    void run(String table) throws Exception {
        for (int threads : new int[] {1, MAX_THREADS}) {
            Race race = new Race(
                    settings, results, table + ", " + threads + (threads == 1 ? " thread" : " threads"), threads);
            race.run("read", works(contender -> (thread, n) -> contender.read(key(contender, thread, n))));
            race.run("change", works(contender -> (thread, n) -> contender.change(key(contender, thread, n), n)));
            race.run("create", works(contender -> (thread, n) -> contender.create()));
        }
    }

    private Map<String, Race.Work> works(Function<Contender, Race.Work> work) {
        Map<String, Race.Work> works = new LinkedHashMap<>();
        contenders.forEach(contender -> works.put(contender.name(), work.apply(contender)));
        return works;
    }

    private String key(Contender contender, int thread, long n) {
        List<String> all = keys.getOrDefault(contender, List.of());
        return all.get(thread * SESSIONS + (int) (n % SESSIONS));
    }
}
