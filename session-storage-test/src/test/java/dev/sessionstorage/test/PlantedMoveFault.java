package dev.sessionstorage.test;

import dev.sessionstorage.SessionData;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Faults that break the contract of moved ids, each with the tests that must detect it. */
@SuppressWarnings("ImmutableEnumChecker") // functions without state
enum PlantedMoveFault {
    KNOWS_OF_NONE(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean isMoved(String id) {
                    return false;
                }
            },
            "aRotatedIdHasMovedAndLeadsNowhere",
            "whatSaysThatAnIdHasMovedIsNoRecord"),

    TAKES_WHAT_IS_GONE_FOR_MOVED(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean isMoved(String id) {
                    return readData(id) == null;
                }
            },
            "aSessionThatEndsUnderItsNewIdHasNotMovedFromThere"),

    LEAVES_A_RECORD(
            clock -> new ForwardingRepository(clock) {
                private final Set<String> moved = ConcurrentHashMap.newKeySet();

                @Override
                public @Nullable String rotateData(String id, SessionData data, Instant expires) {
                    moved.add(id);
                    return createData(data, expires);
                }

                @Override
                public boolean isMoved(String id) {
                    return moved.contains(id);
                }
            },
            "aRotatedIdHasMovedAndLeadsNowhere",
            "whatSaysThatAnIdHasMovedIsNoRecord");

    final Function<Clock, ForwardingRepository> repository;
    final Set<String> caughtBy;

    PlantedMoveFault(Function<Clock, ForwardingRepository> repository, String... caughtBy) {
        this.repository = repository;
        this.caughtBy = Set.of(caughtBy);
    }
}
