package dev.sessionstorage.transactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionException;
import dev.sessionstorage.transactions.NotesApplication.Access;
import dev.sessionstorage.web.RequestSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The application's transactions stay its own: every operation on a session inside its transactions and open views, with every
 * kind of transaction, on a pool of one connection.
 */
@Timeout(300)
class ApplicationTransactionsTest {

    private static final Map<String, NotesClient> APPLICATIONS = new LinkedHashMap<>();

    record Combination(String database, boolean autoCommit, boolean openView, Access access, Case what) {

        boolean isPossible() {
            return what.applies(this);
        }
    }

    enum Case {
        A_FIRST_READ_IS_ROLLED_BACK_WITH_NOTHING_LEFT {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> rolledBack(client, how, () -> session.get("n")));
                assertThat(client.notes()).isZero();
            }
        },
        A_COMMIT_IS_ROLLED_BACK {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> rolledBack(client, how, () -> change(client, session)));
                assertThat(client.notes()).isZero();
                assertThat(client.stored("n")).isEqualTo(1);
            }
        },
        A_COMMIT_IS_COMMITTED {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> client.inTransaction(how.access(), definition -> {}, status -> {
                    client.insertNote(how.access());
                    change(client, session);
                    assertThat(client.notes()).isZero();
                    assertThat(client.stored("n")).isEqualTo(1);
                }));
                assertThat(client.notes()).isEqualTo(1);
                assertThat(client.stored("n")).isEqualTo(2);
            }
        },
        A_LIST_CHANGES_NOTHING {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> rolledBack(client, how, () -> assertThat(client.sessions.list("ada", null))
                        .hasSize(1)));
                assertThat(client.notes()).isZero();
            }
        },
        SESSIONS_THAT_WERE_ENDED_LIVE_AFTER_A_ROLLBACK {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> rolledBack(client, how, () -> assertThat(client.sessions.endAll("ada"))
                        .isEqualTo(1)));
                assertThat(client.notes()).isZero();
                assertThat(client.stored("n")).isEqualTo(1);
                client.request(session -> rolledBack(client, how, () -> assertThat(client.sessions.end(
                                "ada", client.sessions.list("ada", null).get(0).handle()))
                        .isTrue()));
                assertThat(client.stored("n")).isEqualTo(1);
            }
        },
        A_SESSION_THAT_WAS_DESTROYED_OR_ROTATED_LIVES_AFTER_A_ROLLBACK {
            @Override
            void run(NotesClient client, Combination how) {
                client.directly(session -> rolledBack(client, how, () -> client.storage.destroySession(session)));
                assertThat(client.stored("n")).isEqualTo(1);
                client.directly(session -> rolledBack(client, how, () -> {
                    session.rotateId();
                    client.storage.commitSession(session);
                }));
                assertThat(client.stored("n")).isEqualTo(1);
            }
        },
        A_LOCK_STAYS_HELD {
            @Override
            void run(NotesClient client, Combination how) {
                client.settings.execute("insert into note (id) values (99)");
                client.request(session -> rolledBack(client, how, () -> {
                    client.lockNote(how.access(), 99);
                    assertThat(session.get("n")).isEqualTo(1);
                    change(client, session);
                    assertThatThrownBy(() ->
                                    client.settings.execute("select id from note where id = 99 for update nowait"))
                            .hasCauseInstanceOf(SQLException.class);
                }));
            }
        },
        A_TRANSACTION_MARKED_FOR_ROLLBACK_IS_ROLLED_BACK {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> client.inTransaction(how.access(), definition -> {}, status -> {
                    client.insertNote(how.access());
                    status.setRollbackOnly();
                    assertThat(session.get("n")).isEqualTo(1);
                    change(client, session);
                }));
                assertThat(client.notes()).isZero();
                assertThat(client.stored("n")).isEqualTo(1);
            }
        },
        A_SAVEPOINT_UNDOES_WHAT_CAME_AFTER_IT {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> client.inTransaction(how.access(), definition -> {}, status -> {
                    client.insertNote(how.access());
                    assertThatThrownBy(() -> client.inTransaction(
                                    how.access(),
                                    nested -> nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED),
                                    inner -> {
                                        change(client, session);
                                        throw new Refused();
                                    }))
                            .isInstanceOf(Refused.class);
                }));
                assertThat(client.notes()).isEqualTo(1);
                assertThat(client.stored("n")).isEqualTo(1);
            }

            /** Spring's Hibernate dialect does not support savepoints. */
            @Override
            boolean applies(Combination how) {
                return !how.access().isJpa();
            }
        },
        A_TRANSACTION_OF_ITS_OWN_STAYS {
            @Override
            void run(NotesClient client, Combination how) {
                client.pool.setMaximumPoolSize(3);
                client.request(session -> rolledBack(
                        client,
                        how,
                        () -> client.inTransaction(
                                how.access(),
                                nested -> nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW),
                                inner -> change(client, session))));
                client.pool.setMaximumPoolSize(1);
                // A second transaction manager begins no new transaction on the
                // connection of another manager's transaction.
                assertThat(client.notes()).isZero();
                assertThat(client.stored("n")).isEqualTo(2);
            }
        },
        A_SUSPENDED_TRANSACTION_HAS_NO_PART_IN_IT {
            @Override
            void run(NotesClient client, Combination how) {
                client.pool.setMaximumPoolSize(3);
                client.request(session -> rolledBack(
                        client,
                        how,
                        () -> client.inTransaction(
                                how.access(),
                                nested ->
                                        nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NOT_SUPPORTED),
                                inner -> change(client, session))));
                client.pool.setMaximumPoolSize(1);
                assertThat(client.notes()).isZero();
                assertThat(client.stored("n")).isEqualTo(2);
            }
        },
        WITHOUT_A_TRANSACTION_A_HELD_CONNECTION_IS_SHARED {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> client.inTransaction(
                        how.access(),
                        scope -> scope.setPropagationBehavior(TransactionDefinition.PROPAGATION_NOT_SUPPORTED),
                        inner -> {
                            assertThat(client.countNotes(how.access())).isZero();
                            assertThat(session.get("n")).isEqualTo(1);
                            change(client, session);
                        }));
                assertThat(client.stored("n")).isEqualTo(2);
            }
        },
        A_READ_ONLY_TRANSACTION_READS_AND_REFUSES_A_CHANGE {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> {
                    client.inTransaction(how.access(), definition -> definition.setReadOnly(true), status -> {
                        assertThat(client.countNotes(how.access())).isZero();
                        assertThat(session.get("n")).isEqualTo(1);
                        session.set("n", 2);
                        Session other = client.storage.getSession();
                        other.set("n", 1);
                        assertThatThrownBy(() -> client.storage.commitSession(other))
                                .isInstanceOf(UnsupportedOperationException.class)
                                .hasMessageContaining("read-only transaction");
                        assertThat(client.countNotes(how.access())).isZero();
                    });
                });
                // The automatic commit stores it after the transaction.
                assertThat(client.stored("n")).isEqualTo(2);
            }
        },
        AN_EXTENSION_IN_A_READ_ONLY_TRANSACTION_WAITS_FOR_ITS_END {
            @Override
            void run(NotesClient client, Combination how) {
                client.advance(Duration.ofMinutes(10));
                long before = client.expires();
                client.request(session ->
                        client.inTransaction(how.access(), definition -> definition.setReadOnly(true), status -> {
                            assertThat(session.get("n")).isEqualTo(1);
                            client.storage.commitSession(session);
                            assertThat(client.countNotes(how.access())).isZero();
                            assertThat(client.expires()).isEqualTo(before);
                        }));
                assertThat(client.expires()).isGreaterThan(before);
            }
        },
        AN_EXTENSION_TAKES_PART {
            @Override
            void run(NotesClient client, Combination how) {
                client.advance(Duration.ofMinutes(10));
                long before = client.expires();
                client.directly(session -> rolledBack(client, how, () -> {
                    client.storage.commitSession(session);
                    assertThat(client.countNotes(how.access())).isEqualTo(1);
                }));
                assertThat(client.expires()).isEqualTo(before);
                assertThat(client.notes()).isZero();
            }
        },
        A_LISTENER_AFTER_THE_COMMIT_STORES {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> client.inTransaction(how.access(), definition -> {}, status -> {
                    client.insertNote(how.access());
                    TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                        @Override
                        public void afterCommit() {
                            change(client, session);
                        }
                    });
                }));
                assertThat(client.notes()).isEqualTo(1);
                assertThat(client.stored("n")).isEqualTo(2);
            }
        },
        A_LISTENER_AFTER_COMPLETION_STORES_AND_ENDS {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> client.inTransaction(how.access(), definition -> {}, status -> {
                    client.insertNote(how.access());
                    afterCompletion(() -> change(client, session));
                }));
                assertThat(client.notes()).isEqualTo(1);
                assertThat(client.stored("n")).isEqualTo(2);
                client.request(session -> rolledBack(
                        client,
                        how,
                        () -> afterCompletion(
                                () -> assertThat(client.sessions.endAll("ada")).isEqualTo(1))));
                assertThat(client.notes()).isEqualTo(1);
                assertThat(client.stored("n")).isEqualTo("none");
            }

            private void afterCompletion(Runnable callback) {
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void afterCompletion(int status) {
                        callback.run();
                    }
                });
            }
        },
        A_LISTENER_AFTER_A_READ_ONLY_TRANSACTION_IS_REFUSED_A_CHANGE {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session ->
                        client.inTransaction(how.access(), definition -> definition.setReadOnly(true), status -> {
                            client.countNotes(how.access());
                            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                                @Override
                                public void afterCompletion(int outcome) {
                                    assertThatThrownBy(() -> change(client, session))
                                            .isInstanceOf(UnsupportedOperationException.class);
                                }
                            });
                        }));
            }

            /** Only PostgreSQL refuses it. The basic combinations suffice. */
            @Override
            boolean applies(Combination how) {
                return how.database().equals("postgresql") && isPlain(how);
            }
        },
        AFTER_A_ROLLBACK_ANOTHER_REQUESTS_CHANGE_IS_KEPT {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> {
                    rolledBack(client, how, () -> change(client, session));
                    client.settings.execute(
                            "update session_data set version = version + 1, data = '{\"n\":1,\"x\":2}'");
                    assertThat(session.get("n")).isEqualTo(1);
                    session.set("m", 2);
                });
                assertThat(client.stored("m")).isEqualTo(2);
                assertThat(client.stored("x")).isEqualTo(2);
                assertThat(client.stored("n")).isEqualTo(1);
            }

            @Override
            boolean applies(Combination how) {
                return isPlain(how);
            }
        },
        AFTER_A_ROLLBACK_A_NEW_SESSION_BEGINS_AGAIN {
            @Override
            void run(NotesClient client, Combination how) {
                client.forget();
                client.request(session -> {
                    rolledBack(client, how, () -> change(client, session));
                    assertThat(session.isNew()).isTrue();
                    session.set("m", 2);
                });
                client.request(session -> assertThat(session.data()).containsExactly(Map.entry("m", 2)));
            }

            @Override
            boolean applies(Combination how) {
                return isPlain(how);
            }
        },
        AFTER_A_ROLLBACK_A_ROTATED_SESSION_HAS_ITS_OLD_ID {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> {
                    rolledBack(client, how, () -> {
                        session.rotateId();
                        ((RequestSession) session).commit();
                    });
                    session.set("m", 2);
                });
                client.request(
                        session -> assertThat(session.data()).containsOnly(Map.entry("n", 1), Map.entry("m", 2)));
            }

            @Override
            boolean applies(Combination how) {
                return isPlain(how);
            }
        },
        AFTER_A_SAVEPOINT_WAS_ROLLED_BACK_THE_TRANSACTION_GOES_ON {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> client.inTransaction(how.access(), definition -> {}, status -> {
                    session.set("a", 2);
                    client.storage.commitSession(session);
                    Object savepoint = status.createSavepoint();
                    change(client, session);
                    status.rollbackToSavepoint(savepoint);
                    session.set("m", 2);
                    client.storage.commitSession(session);
                }));
                assertThat(client.stored("a")).isEqualTo(2);
                assertThat(client.stored("m")).isEqualTo(2);
                assertThat(client.stored("n")).isEqualTo(1);
            }

            @Override
            boolean applies(Combination how) {
                return isPlain(how) && !how.access().isJpa();
            }
        },
        A_CONFLICT_WITH_ANOTHER_TRANSACTION_IS_THE_APPLICATIONS_TO_RETRY {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> {
                    assertThat(session.get("n")).isEqualTo(1);
                    assertThatThrownBy(() -> client.inTransaction(
                                    how.access(),
                                    definition -> definition.setIsolationLevel(
                                            TransactionDefinition.ISOLATION_REPEATABLE_READ),
                                    status -> {
                                        client.countNotes(how.access());
                                        client.settings.execute("update session_data set version = version + 1");
                                        change(client, session);
                                    }))
                            .isInstanceOf(ConcurrencyFailureException.class);
                    client.inTransaction(how.access(), definition -> {}, status -> change(client, session));
                });
                assertThat(client.stored("n")).isEqualTo(2);
            }

            @Override
            boolean applies(Combination how) {
                return how.database().equals("postgresql") && isPlain(how);
            }
        },
        IN_A_FAILED_TRANSACTION_A_SESSION_IS_READ {
            @Override
            void run(NotesClient client, Combination how) {
                client.settings.execute("insert into note (id) values (99)");
                client.pool.setMaximumPoolSize(2);
                client.request(session -> rolledBack(client, how, () -> {
                    assertThatThrownBy(() -> client.insertNote(how.access(), 99))
                            .isNotNull();
                    session.flash("message", "There is such a note");
                    assertThatThrownBy(() -> client.storage.commitSession(session))
                            .isNotInstanceOf(SessionException.class);
                }));
                client.pool.setMaximumPoolSize(1);
                client.request(session -> assertThat(session.get("message")).isEqualTo("There is such a note"));
            }

            @Override
            boolean applies(Combination how) {
                return how.database().equals("postgresql") && isPlain(how);
            }
        },
        WHAT_THE_APPLICATION_WROTE_IN_AN_OPEN_VIEW_IS_ITS_OWN {
            @Override
            void run(NotesClient client, Combination how) {
                client.request(session -> {
                    client.insertNoteThroughTheView();
                    assertThat(session.get("n")).isEqualTo(1);
                });
                assertThat(client.notes()).isEqualTo(how.autoCommit() ? 1 : 0);
            }

            @Override
            boolean applies(Combination how) {
                return how.openView() && how.access() == Access.JPA;
            }
        };

        abstract void run(NotesClient client, Combination how);

        boolean applies(Combination how) {
            return true;
        }

        /** Whether the combination is a basic one. Some operations gain nothing from the others. */
        static boolean isPlain(Combination how) {
            return how.access() == Access.JPA || how.access() == Access.JDBC_TEMPLATE;
        }

        static void rolledBack(NotesClient client, Combination how, Runnable work) {
            assertThatThrownBy(() -> client.inTransaction(how.access(), definition -> {}, status -> {
                        client.insertNote(how.access());
                        work.run();
                        throw new Refused();
                    }))
                    .isInstanceOf(Refused.class);
        }

        static void change(NotesClient client, Session session) {
            session.set("n", 2);
            client.storage.commitSession(session);
        }
    }

    /** The application's exception that rolls its transaction back. */
    private static final class Refused extends RuntimeException {}

    static Stream<Combination> combinations() {
        return Stream.of("h2", "postgresql")
                .flatMap(database -> Stream.of(true, false)
                        .flatMap(autoCommit -> Stream.of(true, false).flatMap(openView -> Arrays.stream(Access.values())
                                .flatMap(access -> Arrays.stream(Case.values())
                                        .map(what -> new Combination(database, autoCommit, openView, access, what))))))
                .filter(Combination::isPossible);
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void sessionsTakePart(Combination how) {
        NotesClient client = APPLICATIONS.computeIfAbsent(
                how.database() + how.autoCommit(),
                any -> NotesClient.start(how.database(), how.autoCommit(), Routing.NONE));
        client.begin(how.openView() ? "/view" : "/plain");
        how.what().run(client, how);
    }

    @AfterAll
    static void stop() {
        APPLICATIONS.values().forEach(NotesClient::close);
        APPLICATIONS.clear();
    }
}
