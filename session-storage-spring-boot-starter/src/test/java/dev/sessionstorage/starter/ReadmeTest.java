package dev.sessionstorage.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The README's example of a test is a test that runs. */
class ReadmeTest {

    @Test
    void theExampleIsCartControllerTest() throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/sessionstorage/starter/CartControllerTest.java"));
        String example = source.substring(source.indexOf("@WebMvcTest(CartController.class)"));

        assertThat(Files.readString(Path.of("..", "README.md"))).contains("```java\n" + example + "```\n");
    }
}
