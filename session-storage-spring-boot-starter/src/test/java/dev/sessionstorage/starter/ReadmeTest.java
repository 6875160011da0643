package dev.sessionstorage.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The README's examples are code that compiles and tests that pass. */
class ReadmeTest {

    @ParameterizedTest
    @CsvSource({
        "CartControllerTest, @WebMvcTest(CartController.class)",
        "MapSessionDataRepository, class MapSessionDataRepository",
        "MapSessionDataRepositoryTest, class MapSessionDataRepositoryTest",
        "MapSessionDataRepositoryRaceTest, class MapSessionDataRepositoryRaceTest"
    })
    void anExampleIsWhatIsInAFile(String name, String start) throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/sessionstorage/starter", name + ".java"));
        String example = source.substring(source.indexOf(start));

        assertThat(Files.readString(Path.of("..", "README.md"))).contains("```java\n" + example + "```\n");
    }
}
