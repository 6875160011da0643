package dev.sessionstorage.test;

import dev.sessionstorage.test.HistoryOperation.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Runs the clients of one process concurrently. */
final class HistoryWorkload {

    private static final int MAX_READS = 10;

    private final HistoryNodes nodes;
    private final HistorySlots slots;
    private final long seed;
    private final int firstThread;
    private final int threads;

    HistoryWorkload(HistoryNodes nodes, HistorySlots slots, long seed, int firstThread, int threads) {
        this.nodes = nodes;
        this.slots = slots;
        this.seed = seed;
        this.firstThread = firstThread;
        this.threads = threads;
    }

    /** Runs until a {@link System#nanoTime()}, but makes at least and at most the given number of operations. */
    List<HistoryOperation> run(long deadline, int atLeast, int atMost) {
        List<Callable<List<HistoryOperation>>> clients = new ArrayList<>();
        for (int thread = firstThread; thread < firstThread + threads; thread++) {
            HistoryClient client = new HistoryClient("t" + thread, seed + thread, nodes, slots);
            clients.add(() -> {
                int made = 0;
                while (made < atMost / threads && (made < atLeast / threads || System.nanoTime() < deadline)) {
                    client.step();
                    made++;
                }
                return client.history();
            });
        }
        List<HistoryOperation> history = new ArrayList<>();
        try (Race race = new Race()) {
            race.run(clients).forEach(history::addAll);
        } catch (Exception e) {
            throw new IllegalStateException("A client of the history check died, seed " + seed, e);
        }
        return history;
    }

    /** Runs after all other operations: reads every session under each of its ids, then destroys it. */
    List<HistoryOperation> finish(List<HistoryOperation> history) {
        Map<String, HistoryCookie> cookies = new LinkedHashMap<>();
        history.stream()
                .map(operation -> operation.newCookie)
                .filter(cookie -> cookie != null)
                .forEach(cookie -> cookies.put(cookie.id(), cookie));
        HistoryClient last = new HistoryClient("end", seed, nodes, slots);
        for (HistoryCookie cookie : cookies.values()) {
            // Retries, because the repository may fail at times.
            int attempts = 1;
            while (last.readAtTheEnd(cookie).outcome != Outcome.OK && attempts < MAX_READS) {
                attempts++;
            }
            nodes.destroyQuietly(cookie);
        }
        return last.history();
    }
}
