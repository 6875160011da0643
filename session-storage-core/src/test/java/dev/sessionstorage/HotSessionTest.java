package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of one session that arrive while another one's commit is being written. */
@Timeout(60)
class HotSessionTest {

    private final Scene scene = new Scene();
    private final String cookie = scene.stored(session -> session.set("a", 0));
    private final Map<Session, Throwable> failures = Collections.synchronizedMap(new LinkedHashMap<>());
    private final List<Session> done = Collections.synchronizedList(new ArrayList<>());

    @Test
    void theirChangesAreWrittenTogether() throws Exception {
        behindAWrite(increments(4));

        assertThat(failures).isEmpty();
        assertThat(scene.repository.calls).containsExactly("read", "update", "read", "read", "read", "read", "update");
        assertThat(scene.storage.getSession(cookie).data()).isEqualTo(Map.of("a", 4, "first", true));
        assertThat(scene.events.stream().filter(SessionEvent.UPDATED::equals)).hasSize(5);
        assertThat(scene.events.stream().filter(SessionEvent.RETRIED::equals)).hasSize(4);
    }

    @Test
    void eachSeesItsOwnChangeAndThoseBeforeIt() throws Exception {
        behindAWrite(requests(
                scene,
                cookie,
                List.of(HotSessionTest::increment, session -> session.set("b", 2), HotSessionTest::increment)));

        assertThat(done)
                .extracting(Session::data)
                .containsExactlyInAnyOrder(
                        Map.of("a", 1, "first", true),
                        Map.of("a", 1, "b", 2, "first", true),
                        Map.of("a", 2, "b", 2, "first", true));
    }

    @Test
    void eachCanBeCommittedAgain() throws Exception {
        behindAWrite(increments(3));
        SessionStorage otherNode = scene.storage(settings -> {});
        Session other = otherNode.getSession(cookie);
        other.set("b", 2);
        otherNode.commitSession(other);
        for (Session session : done) {
            increment(session);
            scene.storage.commitSession(session);
        }

        assertThat(scene.storage.getSession(cookie).data()).isEqualTo(Map.of("a", 6, "b", 2, "first", true));
    }

    @Test
    void oneThatConflictsFailsAlone() throws Exception {
        for (int place = 0; place < 3; place++) {
            failures.clear();
            String fresh = scene.stored(session -> session.set("a", 0));
            List<Thread> requests = new ArrayList<>(
                    requests(scene, fresh, List.of(HotSessionTest::increment, HotSessionTest::increment)));
            requests.add(place, request(scene, fresh, HotSessionTest::overwriteFirst));
            behindAWrite(scene, fresh, () -> {}, requests);

            assertThat(failures.values())
                    .hasOnlyElementsOfType(SessionConflictException.class)
                    .hasSize(1);
            assertThat(scene.storage.getSession(fresh).data()).isEqualTo(Map.of("a", 2, "first", true));
            assertThat(scene.repository.calls.stream().filter("update"::equals)).hasSize(2);
        }
    }

    @Test
    void aFailedWriteFailsThemAll() throws Exception {
        behindAWrite(scene, cookie, () -> scene.repository.failAt("update"), increments(3));
        scene.repository.failAt(null);

        assertThat(failures.values())
                .hasOnlyElementsOfType(SessionUnavailableException.class)
                .hasSize(3);
        assertThat(scene.storage.getSession(cookie).data()).isEqualTo(Map.of("a", 0, "first", true));
        failures.keySet().forEach(scene.storage::commitSession);
        assertThat(scene.seen(cookie, "a")).isEqualTo(3);
    }

    @Test
    void aWriteThatAnotherNodeOvertookIsMadeAgain() throws Exception {
        SessionStorage otherNode = scene.storage(settings -> {});
        behindAWrite(
                scene,
                cookie,
                () -> scene.repository.before("update", () -> {
                    Session other = otherNode.getSession(cookie);
                    other.set("a", 100);
                    otherNode.commitSession(other);
                }),
                increments(3));

        assertThat(failures).isEmpty();
        assertThat(scene.seen(cookie, "a")).isEqualTo(103);
    }

    @Test
    void aSessionThatIsDestroyedMeanwhileIsGoneForThemAll() throws Exception {
        SessionStorage otherNode = scene.storage(settings -> {});
        behindAWrite(
                scene,
                cookie,
                () -> scene.repository.before("update", () -> otherNode.destroySession(otherNode.getSession(cookie))),
                increments(2));

        assertThat(failures.values())
                .hasOnlyElementsOfType(SessionGoneException.class)
                .hasSize(2);
        assertThat(scene.storage.getSession(cookie).isNew()).isTrue();
    }

    @Test
    void aFunctionThatCommitsTheSameSessionWaitsForNobody() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Consumer<Session> nested = session -> session.update("a", Integer.class, n -> {
            // The first run precedes the commit.
            if (runs.incrementAndGet() == 2) {
                scene.request(cookie, HotSessionTest::increment);
            }
            return (n == null ? 0 : n) + 1;
        });
        behindAWrite(requests(scene, cookie, List.of(HotSessionTest::increment, nested, HotSessionTest::increment)));

        assertThat(failures).isEmpty();
        assertThat(scene.seen(cookie, "a")).isEqualTo(4);
    }

    @Test
    void otherSessionsDoNotWaitForIt() throws Exception {
        List<String> others = Stream.generate(() -> scene.stored(session -> session.set("a", 0)))
                .limit(2_000)
                .toList();
        Thread request = new Thread(() -> others.forEach(other -> scene.request(other, HotSessionTest::increment)));
        scene.repository.before("update", () -> {
            request.start();
            awaitEnd(request);
        });
        scene.request(cookie, HotSessionTest::increment);

        assertThat(others)
                .allSatisfy(other -> assertThat(scene.seen(other, "a")).isEqualTo(1));
        assertThat(scene.seen(cookie, "a")).isEqualTo(1);
    }

    /** A write in a transaction that may be rolled back must not contain another thread's change. */
    @Test
    void whereAWriteMayBeUndoneEachIsWrittenApart() throws Exception {
        Scene transactional = new Scene(MapRepository::new, settings -> {});
        String stored = transactional.stored(session -> session.set("a", 0));
        behindAWrite(
                transactional,
                stored,
                () -> {},
                requests(
                        transactional,
                        stored,
                        List.of(HotSessionTest::increment, HotSessionTest::increment, HotSessionTest::increment)));

        assertThat(failures).isEmpty();
        assertThat(transactional.seen(stored, "a")).isEqualTo(3);
        assertThat(transactional.repository.calls.stream().filter("update"::equals))
                .hasSize(4);
    }

    /** The thread may hold a connection that the thread with the turn is waiting for. */
    @Test
    void whereAWriteMayBeUndoneNoneWaitsForeverForItsTurn() throws Exception {
        Scene transactional = new Scene(MapRepository::new, settings -> {});
        String stored = transactional.stored(session -> session.set("a", 0));
        Thread request = request(transactional, stored, HotSessionTest::increment);
        behindAWrite(transactional, stored, () -> awaitEnd(request), List.of(request));

        assertThat(failures).isEmpty();
        assertThat(transactional.storage.getSession(stored).data()).isEqualTo(Map.of("a", 1, "first", true));
    }

    private static void increment(Session session) {
        session.update("a", Integer.class, n -> (n == null ? 0 : n) + 1);
    }

    /** Conflicts with the request that is being written. */
    private static void overwriteFirst(Session session) {
        session.has("first");
        session.set("first", false);
    }

    private void behindAWrite(List<Thread> requests) throws Exception {
        behindAWrite(scene, cookie, () -> {}, requests);
    }

    /** Starts requests one after another while another request's commit is being written, and waits for them. */
    private void behindAWrite(Scene in, String header, Runnable whenAllWait, List<Thread> requests) throws Exception {
        in.repository.forget();
        in.events.clear();
        in.repository.before("update", () -> {
            for (Thread request : requests) {
                request.start();
                awaitWaiting(request);
            }
            whenAllWait.run();
        });
        in.request(header, session -> session.set("first", true));
        for (Thread request : requests) {
            request.join();
        }
    }

    private List<Thread> increments(int number) {
        return requests(scene, cookie, Collections.nCopies(number, HotSessionTest::increment));
    }

    private List<Thread> requests(Scene in, String header, List<Consumer<Session>> changes) {
        return changes.stream().map(change -> request(in, header, change)).toList();
    }

    private Thread request(Scene in, String header, Consumer<Session> change) {
        return new Thread(() -> {
            Session session = in.storage.getSession(header);
            change.accept(session);
            try {
                in.storage.commitSession(session);
                done.add(session);
            } catch (SessionException e) {
                failures.put(session, e);
            }
        });
    }

    private static void awaitEnd(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError("It still waits", e);
        }
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(thread.isAlive()).isTrue();
            Thread.onSpinWait();
        }
    }
}
