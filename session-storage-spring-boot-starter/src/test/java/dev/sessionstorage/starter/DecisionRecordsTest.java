package dev.sessionstorage.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each decision names the tests that prove it: a test that is renamed must not leave its decision without proof. */
class DecisionRecordsTest {

    private static final Path ROOT = Path.of("..");
    private static final Path RECORDS = ROOT.resolve("docs/adr");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+)(?:#(\\w+))?`");

    static List<Path> records() throws IOException {
        try (Stream<Path> files = Files.list(RECORDS)) {
            return files.filter(file -> file.getFileName().toString().matches("\\d{4}-.*\\.md"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("records")
    void itsTestsExist(Path record) throws IOException {
        String text = Files.readString(record);
        List<MatchResult> named = TEST.matcher(text.substring(text.indexOf("\n## Proof\n")))
                .results()
                .toList();

        assertThat(named).isNotEmpty().allSatisfy(test -> {
            String method = test.group(2);
            assertThat(sources(test.group(1))).isNotEmpty().anySatisfy(source -> assertThat(source)
                    .contains(method == null ? "class" : " " + method + "("));
        });
    }

    @Test
    void theIndexHasEachOnce() throws IOException {
        String index = Files.readString(RECORDS.resolve("README.md"));
        for (Path record : records()) {
            String title =
                    Files.readString(record).lines().findFirst().orElseThrow().substring(2);
            assertThat(index).containsOnlyOnce("- [" + title + "](" + record.getFileName() + ")");
        }
    }

    private static List<String> sources(String name) throws IOException {
        List<String> sources = new ArrayList<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.filter(path -> Files.isDirectory(path.resolve("src")))
                    .toList()) {
                try (Stream<Path> files = Files.walk(module.resolve("src"))) {
                    for (Path file :
                            files.filter(path -> path.endsWith(name + ".java")).toList()) {
                        sources.add(Files.readString(file));
                    }
                }
            }
        }
        return sources;
    }
}
