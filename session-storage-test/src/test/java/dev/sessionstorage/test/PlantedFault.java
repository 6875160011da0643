package dev.sessionstorage.test;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Faults that break the contract, each with the tests that must detect it. */
@SuppressWarnings("ImmutableEnumChecker") // functions without state
enum PlantedFault {
    COMPARES_NO_VERSIONS(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean updateData(String id, SessionData data, Instant expires) {
                    SessionData stored = readData(id);
                    return stored != null && super.updateData(id, version(data, stored.version()), expires);
                }
            },
            "anUpdateFromAnotherVersionChangesNothing",
            "ofConcurrentUpdatesOfOneVersionExactlyOneWins"),

    COMPARES_VERSIONS_BEFORE_IT_WRITES(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean updateData(String id, SessionData data, Instant expires) {
                    SessionData stored = readData(id);
                    if (stored == null || stored.version() != data.version()) {
                        return false;
                    }
                    letOthersGoFirst();
                    while (stored != null && !super.updateData(id, version(data, stored.version()), expires)) {
                        stored = readData(id);
                    }
                    return true;
                }
            },
            "ofConcurrentUpdatesOfOneVersionExactlyOneWins",
            "concurrentUpdatesLoseNothingAndEachVersionIsWonOnce"),

    RESURRECTS_ON_UPDATE(
            UpsertingRepository::new,
            "anUpdateOfAMissingOrDeletedRecordCreatesNone",
            "cleanupBeforeTheWriteOfACommit",
            "aSlowReadDoesNotUndoACleanup",
            "aRecordThatIsDeletedDuringAnUpdateAndAnExtensionStaysGone"),

    RETURNS_EXPIRED_RECORDS(
            clock -> new ForwardingRepository(clock, Clock.fixed(Instant.EPOCH, clock.getZone())),
            "aRecordEndsToTheMillisecond",
            "anExpiredRecordCannotBeUpdatedExtendedOrRotated",
            "anUpdateToAnInstantThatHasPassedEndsTheRecord"),

    WRITES_NOTHING_THAT_HAS_EXPIRED(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean updateData(String id, SessionData data, Instant expires) {
                    return readData(id) != null && super.updateData(id, data, expires);
                }
            },
            "aRecordThatHasJustExpiredCanStillBeUpdatedExtendedAndRotatedButNotRead"),

    EXPIRES_A_MILLISECOND_LATE(
            clock -> new ForwardingRepository(clock, Clock.offset(clock, Duration.ofMillis(-1))),
            "aRecordEndsToTheMillisecond",
            "anUpdateSetsTheInstantAtWhichARecordEnds",
            "deletesExpiredRecordsOnly"),

    EXPIRES_A_MILLISECOND_EARLY(
            clock -> new ForwardingRepository(clock, Clock.offset(clock, Duration.ofMillis(1))),
            "aRecordEndsToTheMillisecond",
            "cleanupOfOthersBeforeTheWriteOfACommit"),

    KEEPS_THE_FIRST_EXPIRY(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean updateData(String id, SessionData data, Instant expires) {
                    SessionData stored = readData(id);
                    return stored != null && super.updateData(id, data, stored.expires());
                }
            },
            "anUpdateStoresEveryPartAndRaisesTheVersionByOne",
            "anUpdateSetsTheInstantAtWhichARecordEnds"),

    FORGETS_THE_PRINCIPAL_ON_UPDATE(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean updateData(String id, SessionData data, Instant expires) {
                    return super.updateData(
                            id,
                            SessionData.fromJson(data.toJson(), data.version(), data.createdAt(), null, expires),
                            expires);
                }
            },
            "anUpdateStoresEveryPartAndRaisesTheVersionByOne"),

    KEEPS_THE_FIRST_CREATED_AT(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean updateData(String id, SessionData data, Instant expires) {
                    SessionData stored = readData(id);
                    Instant createdAt = stored == null ? data.createdAt() : stored.createdAt();
                    return super.updateData(
                            id,
                            SessionData.fromJson(data.toJson(), data.version(), createdAt, data.principal(), expires),
                            expires);
                }
            },
            "anUpdateStoresEveryPartAndRaisesTheVersionByOne"),

    DELETES_ONLY_WHAT_HAS_NOT_EXPIRED(
            clock -> new ForwardingRepository(clock) {
                @Override
                public void deleteData(String id) {
                    if (readData(id) != null) {
                        super.deleteData(id);
                    }
                }
            },
            "aRecordThatHasJustExpiredCanStillBeDeleted"),

    ACCEPTS_THE_HASH_AS_AN_ID(clock -> new AliasingRepository(clock, SessionId::hash), "theHashOfAnIdIsNoId"),

    IGNORES_THE_CASE_OF_IDS(
            clock -> new AliasingRepository(clock, id -> id.toUpperCase(Locale.ROOT)),
            "anIdInAnotherSpellingIsAnotherId"),

    MAKES_SHORT_IDS(
            clock -> new ForwardingRepository(clock) {
                @Override
                public String createData(SessionData data, Instant expires) {
                    return super.createData(data, expires).substring(0, 20);
                }
            },
            "idsAreLongAndSafeInACookieAndNeverTheSame",
            "concurrentCreatesAllSucceedWithDifferentIds"),

    COUNTS_ITS_IDS(
            clock -> new ForwardingRepository(clock) {
                private final AtomicInteger count = new AtomicInteger();
                private final Map<String, String> ids = new ConcurrentHashMap<>();

                @Override
                public String createData(SessionData data, Instant expires) {
                    String id = "session-%035d".formatted(count.getAndIncrement());
                    ids.put(id, super.createData(data, expires));
                    return id;
                }

                @Override
                public @Nullable SessionData readData(String id) {
                    return super.readData(ids.getOrDefault(id, ""));
                }
            },
            "idsAreLongAndSafeInACookieAndNeverTheSame"),

    REMEMBERS_WHAT_WAS_DELETED(
            clock -> new ForwardingRepository(clock) {
                private final Map<String, SessionData> cache = new ConcurrentHashMap<>();

                @Override
                public @Nullable SessionData readData(String id) {
                    SessionData cached = cache.get(id);
                    SessionData read = cached == null ? super.readData(id) : cached;
                    if (read != null) {
                        cache.put(id, read);
                    }
                    return read;
                }

                @Override
                public boolean updateData(String id, SessionData data, Instant expires) {
                    cache.remove(id);
                    return super.updateData(id, data, expires);
                }
            },
            "deletingEndsOneRecordAndAnAbsentOneIsNoError",
            "aRotationMovesTheRecordToANewId"),

    BREAKS_UNICODE_ON_CREATION(
            clock -> new ForwardingRepository(clock) {
                @Override
                public String createData(SessionData data, Instant expires) {
                    return super.createData(json(data, ascii(data.toJson())), expires);
                }
            },
            "theJsonComesBackCharacterForCharacter"),

    BREAKS_UNICODE_ON_UPDATE(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean updateData(String id, SessionData data, Instant expires) {
                    return super.updateData(id, json(data, ascii(data.toJson())), expires);
                }
            },
            "theJsonComesBackCharacterForCharacter"),

    BREAKS_UNICODE_ON_ROTATION(
            clock -> new ForwardingRepository(clock) {
                @Override
                public @Nullable String rotateData(String id, SessionData data, Instant expires) {
                    return super.rotateData(id, json(data, ascii(data.toJson())), expires);
                }
            },
            "theJsonComesBackCharacterForCharacter"),

    CUTS_LONG_DATA_ON_CREATION(
            clock -> new ForwardingRepository(clock) {
                @Override
                public String createData(SessionData data, Instant expires) {
                    return super.createData(json(data, cut(data.toJson())), expires);
                }
            },
            "sixtyKilobytesAreStoredWhole"),

    CUTS_LONG_DATA_ON_UPDATE(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean updateData(String id, SessionData data, Instant expires) {
                    return super.updateData(id, json(data, cut(data.toJson())), expires);
                }
            },
            "sixtyKilobytesAreStoredWhole"),

    FAILS_FOR_STRANGE_IDS(
            clock -> new ForwardingRepository(clock) {
                @Override
                public @Nullable SessionData readData(String id) {
                    if (id.length() != 43) {
                        throw new IllegalArgumentException("Not an id");
                    }
                    return super.readData(id);
                }
            },
            "anIdThatNobodyMadeIsNotFound"),

    EXTENDS_WITHOUT_A_LOOK_AT_THE_VERSION(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean extendData(String id, SessionData data, Instant expires) {
                    SessionData stored = readData(id);
                    return stored != null && updateData(id, stored, expires);
                }
            },
            "anExtensionOfAnotherVersionOrAnAbsentRecordChangesNothing"),

    WRITES_OLD_DATA_ON_EXTENSION(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean extendData(String id, SessionData data, Instant expires) {
                    SessionData stored = readData(id);
                    if (stored == null || stored.version() != data.version()) {
                        return false;
                    }
                    letOthersGoFirst();
                    SessionData newer = readData(id);
                    return newer != null && updateData(id, version(stored, newer.version()), expires);
                }
            },
            "anUpdateIsNotLostToAnExtensionAtTheSameMoment"),

    EXTENDS_NOTHING(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean extendData(String id, SessionData data, Instant expires) {
                    SessionData stored = readData(id);
                    return stored != null && stored.version() == data.version();
                }
            },
            "anExtensionMovesOnlyTheExpiry",
            "keepsARecordThatWasExtended"),

    ROTATES_WITHOUT_A_LOOK_AT_THE_VERSION(
            clock -> new ForwardingRepository(clock) {
                @Override
                public @Nullable String rotateData(String id, SessionData data, Instant expires) {
                    letOthersGoFirst();
                    deleteData(id);
                    return createData(data, expires);
                }
            },
            "aRotationFromAnotherVersionOrOfAnAbsentRecordChangesNothing",
            "ofConcurrentRotationsExactlyOneWins",
            "ofAnUpdateAndARotationOfOneVersionExactlyOneWins"),

    TAKES_WHAT_IS_GONE_FOR_MOVED(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean isMoved(String id) {
                    return readData(id) == null;
                }
            },
            "anIdThatIsInUseOrHasEndedHasNotMoved"),

    LEAVES_THE_OLD_ID_ALIVE(
            clock -> new ForwardingRepository(clock) {
                @Override
                public @Nullable String rotateData(String id, SessionData data, Instant expires) {
                    SessionData stored = readData(id);
                    boolean current = stored != null && stored.version() == data.version();
                    return current ? createData(data, expires) : null;
                }
            },
            "aRotationMovesTheRecordToANewId"),

    DELETES_MORE_THAN_THE_LIMIT(
            clock -> new ForwardingRepository(clock) {
                @Override
                public int deleteExpired(int limit) {
                    return super.deleteExpired(Integer.MAX_VALUE);
                }
            },
            "deletesNoMoreThanTheLimitAndSaysHowMany"),

    DELETES_NOTHING(
            clock -> new ForwardingRepository(clock) {
                @Override
                public int deleteExpired(int limit) {
                    return 0;
                }
            },
            "deletesExpiredRecordsOnly",
            "concurrentCallersDeleteEachRecordOnce"),

    KEEPS_DELETED_RECORDS(
            clock -> new ForwardingRepository(clock) {
                @Override
                public void deleteData(String id) {
                    readData(id);
                }
            },
            "deletingEndsOneRecordAndAnAbsentOneIsNoError"),

    STARTS_VERSIONS_AT_ONE(
            clock -> new ForwardingRepository(clock) {
                @Override
                public String createData(SessionData data, Instant expires) {
                    return super.createData(data.withNextVersion(), expires);
                }
            },
            "readGivesEveryPartThatWasCreated",
            "twoReadsAreEqualAndALaterUpdateChangesNeither"),

    UPDATES_EVERY_RECORD_OF_THAT_VERSION(
            clock -> new ForwardingRepository(clock) {
                private final Queue<String> ids = new ConcurrentLinkedQueue<>();

                @Override
                public String createData(SessionData data, Instant expires) {
                    String id = super.createData(data, expires);
                    ids.add(id);
                    return id;
                }

                @Override
                public boolean updateData(String id, SessionData data, Instant expires) {
                    return ids.stream()
                                    .filter(each -> super.updateData(each, data, expires))
                                    .count()
                            > 0;
                }
            },
            "anUpdateTouchesNoOtherRecord");

    final Function<Clock, ForwardingRepository> repository;
    final Set<String> caughtBy;

    PlantedFault(Function<Clock, ForwardingRepository> repository, String... caughtBy) {
        this.repository = repository;
        this.caughtBy = Set.of(caughtBy);
    }

    private static String ascii(String json) {
        return json.replaceAll("[^\\x00-\\x7f]", "?");
    }

    private static String cut(String json) {
        return json.substring(0, Math.min(4_000, json.length()));
    }
}
