package dev.sessionstorage.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import java.text.Normalizer;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Faults that break the contract of principals, each with the tests that must detect it. */
@SuppressWarnings("ImmutableEnumChecker") // functions without state
enum PlantedPrincipalFault {
    MISSES_A_SESSION_THAT_ROTATES_MEANWHILE(NotingRepository::new, "deletingAllLeavesNoSessionThatRotatesMeanwhile"),

    MISSES_A_SESSION_THAT_HAS_JUST_EXPIRED(NotingRepository::new, "deletesWhatHasJustExpiredSoThatNobodyWritesItAgain"),

    IGNORES_CASE(
            clock -> new NotingRepository(clock) {
                @Override
                boolean isSame(String principal, String stored) {
                    return stored.equalsIgnoreCase(principal);
                }
            },
            "aPrincipalInAnotherSpellingIsAnotherPrincipal"),

    IGNORES_TRAILING_BLANKS(
            clock -> new NotingRepository(clock) {
                @Override
                boolean isSame(String principal, String stored) {
                    return stored.stripTrailing().equals(principal.stripTrailing());
                }
            },
            "aPrincipalInAnotherSpellingIsAnotherPrincipal"),

    IGNORES_ACCENTS(
            clock -> new NotingRepository(clock) {
                @Override
                boolean isSame(String principal, String stored) {
                    return withoutAccents(stored).equals(withoutAccents(principal));
                }
            },
            "aPrincipalInAnotherSpellingIsAnotherPrincipal"),

    TAKES_HALF_A_SURROGATE_PAIR_FOR_A_QUESTION_MARK(
            clock -> new NotingRepository(clock) {
                @Override
                boolean isSame(String principal, String stored) {
                    return stored.equals(new String(principal.getBytes(UTF_8), UTF_8));
                }
            },
            "findsNothingForANameThatNoSessionCanHave"),

    ENDS_A_HANDLE_AT_ITS_NUL(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean deleteByHandle(String principal, String handle) {
                    int nul = handle.indexOf(0);
                    return super.deleteByHandle(principal, nul < 0 ? handle : handle.substring(0, nul));
                }
            },
            "deletesNothingByAHandleThatIsNone"),

    CUTS_LONG_PRINCIPALS_OFF(
            clock -> new NotingRepository(clock) {
                @Override
                boolean isSame(String principal, String stored) {
                    return stored.equals(principal.substring(0, Math.min(principal.length(), 255)));
                }
            },
            "aPrincipalCanHave255CharactersOfAnyKind"),

    NOTES_THE_FIRST_EXPIRY_ONLY(
            clock -> new NotingRepository(clock) {
                @Override
                @Nullable
                SessionData found(SessionData note, @Nullable SessionData stored) {
                    return clock.instant().isBefore(note.expires()) ? stored : null;
                }
            },
            "findsAndDeletesWhatWasExtendedBeyondItsFirstExpiry"),

    FINDS_THE_DATA_OF_THE_CREATION(
            clock -> new NotingRepository(clock) {
                @Override
                @Nullable
                SessionData found(SessionData note, @Nullable SessionData stored) {
                    return stored == null ? null : json(stored, note.toJson());
                }
            },
            "findsWhatAnUpdateAndARotationHaveStored"),

    NOTES_THE_FIRST_PRINCIPAL_ONLY(
            clock -> new NotingRepository(clock) {
                @Override
                @Nullable
                SessionData found(SessionData note, @Nullable SessionData stored) {
                    return stored == null ? null : note;
                }
            },
            "followsAPrincipalThatChanges"),

    NEVER_FORGETS(
            clock -> new NotingRepository(clock) {
                @Override
                SessionData found(SessionData note, @Nullable SessionData stored) {
                    return note;
                }
            },
            "doesNotFindWhatHasExpired",
            "followsADelete"),

    LOSES_ROTATED_SESSIONS(
            clock -> new NotingRepository(clock) {
                @Override
                public @Nullable String rotateData(String id, SessionData data, Instant expires) {
                    return correct.rotateData(id, data, expires);
                }
            },
            "followsARotation"),

    FINDS_THE_NEWEST_FIRST(
            clock -> new ForwardingRepository(clock) {
                @Override
                public Map<String, SessionData> findByPrincipal(String principal) {
                    Map<String, SessionData> found = super.findByPrincipal(principal);
                    List<String> handles = new ArrayList<>(found.keySet());
                    Collections.reverse(handles);
                    Map<String, SessionData> reversed = new LinkedHashMap<>();
                    handles.forEach(handle -> reversed.put(handle, found.get(handle)));
                    return reversed;
                }
            },
            "findsTheSessionsOfAPrincipalTheOldestFirst"),

    FAILS_FOR_AN_UNKNOWN_PRINCIPAL(
            clock -> new ForwardingRepository(clock) {
                @Override
                public Map<String, SessionData> findByPrincipal(String principal) {
                    Map<String, SessionData> found = super.findByPrincipal(principal);
                    if (found.isEmpty()) {
                        throw new NoSuchElementException("Nobody");
                    }
                    return found;
                }
            },
            "findsNothingForAnUnknownPrincipal"),

    HANDLES_OPEN_SESSIONS(clock -> new AliasingRepository(clock, SessionId::hash), "aHandleOpensNothing"),

    TRIMS_HANDLES(
            clock -> new ForwardingRepository(clock) {
                @Override
                public boolean deleteByHandle(String principal, String handle) {
                    return super.deleteByHandle(principal, handle.strip());
                }
            },
            "deletesOneByItsHandle"),

    DELETES_ANYBODYS_BY_ITS_HANDLE(
            clock -> new NotingRepository(clock) {
                @Override
                public boolean deleteByHandle(String principal, String handle) {
                    return deleteByHandle(handle);
                }
            },
            "doesNotDeleteSomebodyElsesByItsHandle"),

    DELETES_ALL_BUT_ONE_ALWAYS(
            clock -> new ForwardingRepository(clock) {
                @Override
                public int deleteByPrincipal(String principal, @Nullable String exceptHandle) {
                    Set<String> handles = findByPrincipal(principal).keySet();
                    return super.deleteByPrincipal(
                            principal,
                            handles.isEmpty() ? null : handles.iterator().next());
                }
            },
            "deletesAllOfAPrincipal"),

    DELETES_THE_ONE_TO_KEEP(
            clock -> new ForwardingRepository(clock) {
                @Override
                public int deleteByPrincipal(String principal, @Nullable String exceptHandle) {
                    return super.deleteByPrincipal(principal, null);
                }
            },
            "deletesAllOfAPrincipalButOne"),

    RESURRECTS_ON_UPDATE(
            PlantedFault.RESURRECTS_ON_UPDATE.repository,
            "whatWasDeletedDoesNotComeBack",
            "endingAllSessionsBeforeTheWriteOfACommit");

    final Function<Clock, ForwardingRepository> repository;
    final Set<String> caughtBy;

    PlantedPrincipalFault(Function<Clock, ForwardingRepository> repository, String... caughtBy) {
        this.repository = repository;
        this.caughtBy = Set.of(caughtBy);
    }

    private static String withoutAccents(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFD).replaceAll("\\p{M}", "");
    }
}
