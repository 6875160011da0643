package dev.sessionstorage.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every property has a description that follows Boot's rules, and a line in the README. */
class PropertyMetadataTest {

    private final List<JsonNode> properties = properties();

    @Test
    void everyPropertyHasADescriptionByBootsRules() {
        assertThat(properties).hasSizeGreaterThan(15).allSatisfy(property -> {
            String description = property.path("description").asString("");
            assertThat(description)
                    .as(property.path("name").asString(""))
                    .isNotBlank()
                    .doesNotStartWith("The ")
                    .doesNotStartWith("A ")
                    .doesNotStartWith("An ")
                    .matches(text -> Character.isUpperCase(text.charAt(0)), "starts with a capital")
                    .endsWith(".");
            boolean isBoolean = property.path("type").asString("").equals("java.lang.Boolean");
            assertThat(description.startsWith("Whether "))
                    .as(property.path("name").asString(""))
                    .isEqualTo(isBoolean || description.startsWith("Whether the cookie is sent with requests"));
        });
    }

    @Test
    void everyPropertyStandsInTheReadmesTable() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        assertThat(properties).allSatisfy(property -> assertThat(readme)
                .contains("| `" + property.path("name").asString("") + "` |"));
    }

    private static List<JsonNode> properties() {
        try (InputStream metadata =
                new ClassPathResource("META-INF/spring-configuration-metadata.json").getInputStream()) {
            List<JsonNode> found = new ArrayList<>();
            JsonMapper.shared().readTree(metadata).path("properties").forEach(found::add);
            return found;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
