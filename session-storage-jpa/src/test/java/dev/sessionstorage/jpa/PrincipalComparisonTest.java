package dev.sessionstorage.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import dev.sessionstorage.test.MutableClock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Principals are the same only if their names are equal, even if the column's collation treats other names as equal. */
class PrincipalComparisonTest {

    private static final String[] OTHERS = {"Jose", "josé", "jose ", "JOSÉ"};

    private final MutableClock clock = new MutableClock();

    @Test
    void onH2ThatIgnoresCaseAndAccents() {
        DatabaseSettings h2 = h2("IGNORECASE=TRUE");
        h2.execute("set collation english strength primary");
        try (Persistence persistence = Persistence.on(h2)) {
            tellsPrincipalsApart(persistence);
        }
    }

    @Test
    void onH2ThatTakesEmptyTextForNull() {
        try (Persistence persistence = Persistence.on(h2("MODE=Oracle"))) {
            tellsPrincipalsApart(persistence);
        }
    }

    @Test
    void onPostgresqlWithACollationThatIgnoresCaseAndAccents() {
        try (Persistence persistence = Persistence.on(TestDatabases.postgresql())) {
            persistence.settings.execute(
                    "create collation loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false);"
                            + "alter table session_data alter principal type varchar(255) collate loose");
            tellsPrincipalsApart(persistence);
        }
    }

    /** As if Hibernate creates the table. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "utf8mb4 collate utf8mb4_general_ci",
                "utf8mb4 collate utf8mb4_bin",
                "utf8mb3 collate utf8mb3_general_ci",
                "latin1 collate latin1_swedish_ci"
            })
    @Tag("mariadb")
    void onMariadbWithACollationOfItsOwn(String collation) {
        DatabaseSettings mariadb = TestDatabases.mariadb();
        mariadb.execute("alter database character set " + collation);
        try (Persistence persistence = Persistence.existing(mariadb, Map.of("hibernate.hbm2ddl.auto", "update"))) {
            tellsPrincipalsApart(persistence);
        }
    }

    private void tellsPrincipalsApart(Persistence persistence) {
        JpaSessionDataRepository repository = new JpaSessionDataRepository(persistence.factory, clock);
        String handle = create(repository, "jose");
        for (String other : OTHERS) {
            assertThat(repository.findByPrincipal(other)).as(other).isEmpty();
            assertThat(repository.deleteByHandle(other, handle)).as(other).isFalse();
            assertThat(repository.deleteByPrincipal(other, null)).as(other).isZero();
        }
        for (String other : OTHERS) {
            String kept = create(repository, other);
            create(repository, other);
            assertThat(repository.findByPrincipal(other)).as(other).hasSize(2);
            assertThat(repository.deleteByPrincipal(other, kept)).as(other).isEqualTo(1);
            assertThat(repository.deleteByHandle(other, kept)).as(other).isTrue();
        }
        assertThat(repository.findByPrincipal("jose")).containsOnlyKeys(handle);
        assertThat(repository.deleteByPrincipal("jose", null)).isEqualTo(1);
    }

    private String create(JpaSessionDataRepository repository, String principal) {
        SessionData data = SessionData.fromJson(
                "{}", 0, clock.instant(), principal, clock.instant().plus(Duration.ofHours(1)));
        return SessionId.hash(repository.createData(data, data.expires()));
    }

    private static DatabaseSettings h2(String setting) {
        DatabaseSettings h2 = TestDatabases.h2();
        return new DatabaseSettings(h2.url() + ";" + setting, h2.username(), h2.password());
    }
}
