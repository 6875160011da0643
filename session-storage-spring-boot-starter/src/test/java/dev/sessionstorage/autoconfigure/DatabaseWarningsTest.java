package dev.sessionstorage.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.TestDatabases;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What startup logs about the database and its connections. */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseWarningsTest {

    @ParameterizedTest
    @CsvSource({"PT10M, 600 s ahead of the database's", "-PT10M, 600 s behind the database's", "PT6S, 6 s ahead of"})
    void aClockThatDiffersFromPostgresqlsIsWarnedAbout(Duration offset, String expected, CapturedOutput output) {
        log(TestDatabases.postgresql(), "", offset);
        assertThat(output.toString().replaceAll("59[89] s|600 s", "600 s").replaceAll("[567] s", "6 s"))
                .contains(expected);
    }

    @Test
    void aClockLikePostgresqlsIsNot(CapturedOutput output) {
        log(TestDatabases.postgresql(), "?options=-c%20TimeZone=Pacific/Auckland", Duration.ZERO);
        assertThat(output).doesNotContain("clock");
    }

    @Test
    void aClockThatDiffersFromThatOfH2InAFileIsWarnedAbout(@TempDir Path directory, CapturedOutput output) {
        DatabaseSettings file = new DatabaseSettings("jdbc:h2:file:" + directory.resolve("sessions"), "sa", "");
        log(file, "", Duration.ofMinutes(10));
        assertThat(output)
                .contains("ahead of the database's")
                .contains("sessions that were logged out are there again");
        assertThat(output).doesNotContain("socketTimeout");
    }

    @Test
    void nothingIsSaidAboutADatabaseInMemory(CapturedOutput output) {
        log(TestDatabases.h2(), "", Duration.ofMinutes(10));
        assertThat(output).doesNotContain("WARN");
    }

    @Test
    void connectionsWithoutASocketTimeoutAreWarnedAbout(CapturedOutput output) {
        log(TestDatabases.postgresql(), "", Duration.ZERO);
        assertThat(output).contains("Connections to the database have no socketTimeout");
    }

    @Test
    void connectionsWithOneAreNot(CapturedOutput output) {
        log(TestDatabases.postgresql(), "?socketTimeout=30", Duration.ZERO);
        assertThat(output).doesNotContain("socketTimeout");
    }

    @Test
    @Tag("mariadb")
    void mariadbIsAskedToo(CapturedOutput output) {
        log(TestDatabases.mariadb(), "", Duration.ofMinutes(-10));
        assertThat(output)
                .contains("behind the database's")
                .contains("no socketTimeout")
                .doesNotContain("Galera");
    }

    @Test
    @Tag("mariadb")
    void nothingIsSaidAboutAMariadbThatIsSetUpWell(CapturedOutput output) {
        log(TestDatabases.mariadb(), "?socketTimeout=30000", Duration.ZERO);
        assertThat(output).doesNotContain("WARN");
    }

    private static void log(DatabaseSettings database, String options, Duration offset) {
        DriverManagerDataSource dataSource =
                new DriverManagerDataSource(database.url() + options, database.username(), database.password());
        DatabaseWarnings.log(dataSource, Clock.offset(Clock.systemUTC(), offset));
    }
}
