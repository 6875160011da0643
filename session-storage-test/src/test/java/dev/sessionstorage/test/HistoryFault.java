package dev.sessionstorage.test;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionStorage;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Faults of a repository or a storage, each with the violation that the check must report. */
@SuppressWarnings("ImmutableEnumChecker") // functions without state
enum HistoryFault {
    IGNORES_VERSIONS("An acknowledged write is missing", () -> new Memory() {
        @Override
        public boolean updateData(String id, SessionData data, Instant expires) {
            SessionData stored = readData(id);
            return stored != null && super.updateData(id, version(data, stored.version()), expires);
        }
    }),

    CLAIMS_SUCCESS_FOR_STALE_UPDATES("An acknowledged write is missing", () -> new Memory() {
        @Override
        public boolean updateData(String id, SessionData data, Instant expires) {
            return super.updateData(id, data, expires) || readData(id) != null;
        }
    }),

    /** The storage applies its change again, because the repository reported a failed update. */
    STORES_BUT_SAYS_NO("An append was applied twice", () -> new Memory() {
        @Override
        public boolean updateData(String id, SessionData data, Instant expires) {
            return super.updateData(id, data, expires) && !sometimes();
        }
    }),

    STORES_WHAT_IT_REFUSES("A set-after-read that had been refused is visible", () -> new Memory() {
        @Override
        public boolean updateData(String id, SessionData data, Instant expires) {
            return super.updateData(id, data, expires) && !sometimes();
        }
    }),

    RESURRECTS_ON_UPDATE("A commit succeeded after its id had ended", () -> new Memory() {
        final Map<String, SessionData> upserted = new ConcurrentHashMap<>();

        @Override
        public @Nullable SessionData readData(String id) {
            SessionData stored = super.readData(id);
            return stored != null ? stored : upserted.get(id);
        }

        @Override
        public boolean updateData(String id, SessionData data, Instant expires) {
            if (super.updateData(id, data, expires)) {
                return true;
            }
            boolean missing = super.readData(id) == null;
            if (missing && expires.isAfter(Instant.now())) {
                upserted.put(id, data.withNextVersion());
            }
            return missing;
        }
    }),

    KEEPS_THE_OLD_ID_ON_ROTATION("An id answered after it had ended", () -> new Memory() {
        @Override
        public @Nullable String rotateData(String id, SessionData data, Instant expires) {
            SessionData stored = readData(id);
            return stored != null && stored.version() == data.version() ? createData(data, expires) : null;
        }
    }),

    ROTATES_WITHOUT_COMPARING("An id was ended twice", () -> new Memory() {
        @Override
        public @Nullable String rotateData(String id, SessionData data, Instant expires) {
            String newId = createData(data, expires);
            deleteData(id);
            return newId;
        }
    }),

    ROTATES_WITHOUT_THE_CHANGES("An acknowledged write is missing", () -> new Memory() {
        @Override
        public @Nullable String rotateData(String id, SessionData data, Instant expires) {
            SessionData stored = readData(id);
            return stored == null ? null : super.rotateData(id, json(data, stored.toJson()), expires);
        }
    }),

    FORGETS_THE_CREATION_ON_ROTATION("A session changed the time of its creation", () -> new Memory() {
        @Override
        public @Nullable String rotateData(String id, SessionData data, Instant expires) {
            SessionData young = SessionData.fromJson(
                    data.toJson(), data.version(), Instant.now().plusSeconds(1), data.principal(), data.expires());
            return super.rotateData(id, young, expires);
        }
    }),

    READS_DELETED_RECORDS_FROM_A_CACHE("An id answered after it had ended", () -> new Memory() {
        final Map<String, SessionData> cache = new ConcurrentHashMap<>();

        @Override
        public @Nullable SessionData readData(String id) {
            SessionData stored = super.readData(id);
            if (stored != null) {
                cache.put(id, stored);
            }
            return stored != null || !sometimes() ? stored : cache.get(id);
        }
    }),

    READS_OLD_STATES_FROM_A_CACHE("An acknowledged write is missing", () -> new Memory() {
        final Map<String, SessionData> cache = new ConcurrentHashMap<>();

        @Override
        public @Nullable SessionData readData(String id) {
            SessionData old = cache.get(id);
            SessionData stored = super.readData(id);
            if (stored == null || old == null || !sometimes()) {
                if (stored != null) {
                    cache.put(id, stored);
                }
                return stored;
            }
            return old;
        }
    }),

    WRITES_OLD_DATA_ON_EXTENSION("An acknowledged write is missing", () -> new Memory() {
        @Override
        public boolean extendData(String id, SessionData data, Instant expires) {
            SessionData stored = readData(id);
            return stored != null && super.updateData(id, version(data, stored.version()), expires);
        }
    }),

    FORGETS_EXPIRY("An id answered after it had ended", () -> new Memory() {
        @Override
        public boolean updateData(String id, SessionData data, Instant expires) {
            Instant kept = Instant.now().plusSeconds(1800);
            return super.updateData(id, data.withExpires(kept), kept);
        }
    }),

    FORGETS_DELETIONS("An id answered after it had ended", () -> new Memory() {
        @Override
        public void deleteData(String id) {
            if (!sometimes()) {
                super.deleteData(id);
            }
        }
    }),

    LOSES_RECORDS("An id was gone though nobody had ended it", () -> new Memory() {
        @Override
        public @Nullable SessionData readData(String id) {
            return sometimes() ? null : super.readData(id);
        }
    }),

    DROPS_UPDATES("An acknowledged write is missing", () -> new Memory() {
        @Override
        public boolean updateData(String id, SessionData data, Instant expires) {
            return sometimes() || super.updateData(id, data, expires);
        }
    }),

    CONFUSES_SESSIONS("A session shows a write that was never made to it", () -> new Memory() {
        volatile String last = "{}";

        @Override
        public boolean updateData(String id, SessionData data, Instant expires) {
            String other = last;
            last = data.toJson();
            return super.updateData(id, sometimes() ? json(data, other) : data, expires);
        }
    }),

    THROWS_STRANGE_THINGS("An operation threw", () -> new Memory() {
        @Override
        public @Nullable SessionData readData(String id) {
            SessionData stored = super.readData(id);
            return stored != null && sometimes() ? json(stored, "{\"message\":{},\"list\":7}") : stored;
        }
    }),

    /** Not a fault of a repository, but the meaning of this setting. */
    LAST_WRITE_WINS(
            "the chain forks", Memory::new, builder -> builder.conflicts(SessionStorage.Conflicts.LAST_WRITE_WINS));

    final String sentence;
    final Supplier<ForwardingRepository> repository;
    final UnaryOperator<SessionStorage.Builder> settings;

    HistoryFault(String sentence, Supplier<ForwardingRepository> repository) {
        this(sentence, repository, UnaryOperator.identity());
    }

    HistoryFault(
            String sentence,
            Supplier<ForwardingRepository> repository,
            UnaryOperator<SessionStorage.Builder> settings) {
        this.sentence = sentence;
        this.repository = repository;
        this.settings = settings;
    }

    /** A correct repository. Each subclass breaks one thing. */
    private static class Memory extends ForwardingRepository {

        Memory() {
            super(Clock.systemUTC());
        }

        static boolean sometimes() {
            return ThreadLocalRandom.current().nextInt(100) == 0;
        }
    }
}
