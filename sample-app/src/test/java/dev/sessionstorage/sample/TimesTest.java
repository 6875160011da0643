package dev.sessionstorage.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimesTest {

    @ParameterizedTest
    @CsvSource({
        "PT-5M, less than a minute",
        "PT0S, less than a minute",
        "PT29.9S, less than a minute",
        "PT30S, 1 minute",
        "PT1M29S, 1 minute",
        "PT29M59.9S, 30 minutes",
        "PT1H, 60 minutes",
        "PT1H59M, 119 minutes",
        "PT1H59M59S, 2 hours",
        "PT2H31M, 3 hours",
        "PT47H, 47 hours",
        "PT47H59M59S, 2 days",
        "P13DT23H59M59S, 14 days",
        "P14D, 14 days",
        "P365D, 365 days"
    })
    void saysALengthOfTimeAsPeopleDo(Duration duration, String text) {
        assertThat(Times.about(duration)).isEqualTo(text);
    }
}
