package dev.sessionstorage.test;

import dev.sessionstorage.ExpiredSessionRepository;
import dev.sessionstorage.Session;
import dev.sessionstorage.SessionConflictException;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionGoneException;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.SessionUnavailableException;
import dev.sessionstorage.test.HistoryOperation.Kind;
import dev.sessionstorage.test.HistoryOperation.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One thread of a workload, which makes random operations and logs each. */
final class HistoryClient {

    private static final String LIST = "list";
    private static final String REGISTER = "register";
    private static final String FLASH = "message";
    private static final int CLEANED_AT_ONCE = 100;
    private static final long[] PAUSES = {200_000, 1, 1};

    private final String name;
    private final HistoryNodes nodes;
    private final HistorySlots slots;
    private final Random random;
    /** Cookies that were current some time ago. Most of their ids have ended by now. */
    private final @Nullable HistoryCookie[] oldCookies = new @Nullable HistoryCookie[HistorySlots.COUNT];

    private final List<HistoryOperation> history = new ArrayList<>();

    HistoryClient(String name, long seed, HistoryNodes nodes, HistorySlots slots) {
        this.name = name;
        this.nodes = nodes;
        this.slots = slots;
        this.random = new Random(seed);
    }

    List<HistoryOperation> history() {
        return history;
    }

    /** Makes a random operation. All choices are drawn before it starts, so a seed repeats them whatever the outcomes. */
    void step() {
        Kind kind = Kind.random(random);
        // Favours the first slots, so that both crowded and quiet sessions occur.
        int slot = random.nextInt(1 + random.nextInt(HistorySlots.COUNT));
        int node = random.nextInt(nodes.count());
        int pause = random.nextInt(8);
        boolean old = random.nextInt(20) == 0;
        boolean remember = random.nextInt(8) == 0;

        HistoryCookie current = slots.cookie(slot);
        HistoryCookie cookie = old ? oldCookies[slot] : current;
        if (remember) {
            oldCookies[slot] = current;
        }
        HistoryOperation operation = operation(kind);
        if (kind == Kind.CLEAN_UP) {
            run(operation, () -> cleanUp(operation));
        } else if (cookie != null) {
            SessionStorage storage = kind == Kind.EXTEND ? nodes.later() : nodes.node(node);
            run(operation, () -> open(operation, storage, cookie, pause));
            share(slot, operation);
        }
        if (!old && (current == null || (operation.gone && !operation.found))) {
            create(slot, nodes.node(node));
        }
    }

    /** Reads the session of a cookie, as its last operation. */
    HistoryOperation readAtTheEnd(HistoryCookie cookie) {
        HistoryOperation operation = operation(Kind.READ);
        run(operation, () -> open(operation, nodes.node(0), cookie, 0));
        return operation;
    }

    private HistoryOperation operation(Kind kind) {
        return new HistoryOperation(kind, (name + "-" + history.size()).intern());
    }

    private void create(int slot, SessionStorage storage) {
        HistoryOperation operation = operation(Kind.CREATE);
        run(operation, () -> {
            Session session = storage.getSession();
            session.set(LIST, List.of(operation.token));
            commit(operation, storage, session);
        });
        share(slot, operation);
    }

    private void share(int slot, HistoryOperation operation) {
        if (operation.newCookie != null) {
            slots.cookie(slot, operation.newCookie, name);
        }
    }

    private void run(HistoryOperation operation, Runnable action) {
        operation.invoked = System.nanoTime();
        try {
            action.run();
            operation.outcome = Outcome.OK;
        } catch (SessionConflictException | Refused e) {
            operation.outcome = Outcome.FAILED;
        } catch (SessionGoneException e) {
            operation.outcome = Outcome.FAILED;
            operation.gone = true;
        } catch (SessionUnavailableException | RepositoryFailure e) {
            operation.outcome = operation.committing == 0 ? Outcome.FAILED : Outcome.UNKNOWN;
        } catch (RuntimeException e) {
            operation.surprise = e.toString();
        }
        operation.completed = System.nanoTime();
        history.add(operation);
    }

    private void open(HistoryOperation operation, SessionStorage storage, HistoryCookie cookie, int pause) {
        operation.id = cookie.id();
        Session session = storage.getSession(cookie.header());
        operation.read = System.nanoTime();
        operation.found = !session.isNew();
        operation.gone = session.isNew();
        if (operation.found) {
            pause(pause);
            act(operation, storage, session);
        }
    }

    private void act(HistoryOperation operation, SessionStorage storage, Session session) {
        String token = operation.token;
        switch (operation.kind) {
            case READ -> {
                String flash = session.get(FLASH, String.class);
                operation.state = state(session, operation.invoked, operation.read, flash, true);
            }
            case EXTEND -> {
                operation.state = state(session, operation.invoked, operation.read, null, false);
                operation.committing = System.nanoTime();
                storage.commitSession(session);
            }
            case BLIND_SET -> {
                session.set(operation.attribute(), token);
                commit(operation, storage, session);
            }
            case SET_AFTER_READ -> {
                Map<?, ?> register = session.get(REGISTER, Map.class);
                operation.previous = register == null ? null : string(register.get("token"));
                session.set(REGISTER, register(operation));
                commit(operation, storage, session);
            }
            case APPEND -> {
                append(session, token);
                commit(operation, storage, session);
            }
            case APPEND_AND_SET -> {
                append(session, token);
                session.set(operation.attribute(), token);
                commit(operation, storage, session);
            }
            case FLASH -> {
                session.flash(FLASH, token);
                commit(operation, storage, session);
            }
            case CONSUME -> {
                String flash = session.get(FLASH, String.class);
                operation.consumed = flash == null ? null : flash.intern();
                if (flash == null) {
                    operation.state = state(session, operation.invoked, operation.read, null, true);
                } else {
                    commit(operation, storage, session);
                }
            }
            case ROTATE -> {
                append(session, token);
                session.rotateId();
                commit(operation, storage, session);
            }
            case DESTROY -> {
                operation.committing = System.nanoTime();
                storage.destroySession(session);
            }
            case EXPIRE -> expire(operation, session.id());
            case CREATE, CLEAN_UP -> throw new IllegalArgumentException(operation.kind.name());
        }
    }

    /** Commits, and logs what was stored: afterwards the session shows it. */
    private void commit(HistoryOperation operation, SessionStorage storage, Session session) {
        String id = session.id();
        operation.committing = System.nanoTime();
        String header = storage.commitSession(session);
        if (!session.id().equals(id)) {
            operation.newCookie = HistoryCookie.of(session.id(), header);
        }
        operation.state = state(session, operation.committing, System.nanoTime(), null, false);
    }

    /** Expires a record: it is still stored, but no read may return it. */
    private void expire(HistoryOperation operation, String id) {
        SessionDataRepository repository = nodes.repository();
        SessionData data = guard(() -> repository.readData(id));
        operation.gone = data == null;
        operation.committing = System.nanoTime();
        Instant past = Instant.now().minus(SessionDataRepository.GRACE).minusSeconds(1);
        if (data == null || !guard(() -> repository.updateData(id, data.withExpires(past), past))) {
            throw new Refused();
        }
    }

    private void cleanUp(HistoryOperation operation) {
        operation.committing = System.nanoTime();
        if (nodes.repository() instanceof ExpiredSessionRepository expired) {
            guard(() -> expired.deleteExpired(CLEANED_AT_ONCE));
        }
    }

    private static void append(Session session, String token) {
        session.update(LIST, String[].class, list -> {
            String[] longer = list == null ? new String[1] : Arrays.copyOf(list, list.length + 1);
            longer[longer.length - 1] = token;
            return longer;
        });
    }

    private static Map<String, String> register(HistoryOperation operation) {
        return operation.previous == null
                ? Map.of("token", operation.token)
                : Map.of("token", operation.token, "previous", operation.previous);
    }

    private static HistoryState state(Session session, long from, long to, @Nullable String flash, boolean flashSeen) {
        Map<String, Object> data = session.data();
        List<String> list = new ArrayList<>();
        if (data.get(LIST) instanceof List<?> tokens) {
            tokens.forEach(token -> list.add(String.valueOf(token).intern()));
        }
        Set<String> attributes = new LinkedHashSet<>();
        data.keySet().stream().filter(HistoryOperation::isAttribute).forEach(name -> attributes.add(name.intern()));
        String register = data.get(REGISTER) instanceof Map<?, ?> map ? string(map.get("token")) : null;
        return new HistoryState(
                list,
                attributes,
                register,
                flash,
                flashSeen,
                session.createdAt().toEpochMilli(),
                from,
                to);
    }

    private static @Nullable String string(@Nullable Object value) {
        return value == null ? null : value.toString().intern();
    }

    /** Lets other threads run between a read and a commit, mostly only as long as they need. */
    private static void pause(int choice) {
        if (choice < PAUSES.length) {
            LockSupport.parkNanos(PAUSES[choice]);
        }
    }

    private static <T extends @Nullable Object> T guard(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw new RepositoryFailure(e);
        }
    }

    /** A failure that the storage would report as a conflict. */
    private static final class Refused extends RuntimeException {}

    /** A failure that the storage would report as a SessionUnavailableException. */
    private static final class RepositoryFailure extends RuntimeException {
        RepositoryFailure(RuntimeException cause) {
            super(cause);
        }
    }
}
