package dev.sessionstorage.sample;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** An installed Chromium, found automatically or named by the system property {@code chromium}. None is downloaded. */
final class Chromium implements AutoCloseable {

    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");
    private static final List<String> ELSEWHERE = List.of(
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe");

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser browser;

    private Chromium(Playwright playwright, com.microsoft.playwright.Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /** Starts Chromium. Without one, the test is skipped, except in continuous integration, where it fails. */
    static Chromium start() {
        Path executable = find();
        if (executable == null) {
            String message = "No Chromium on the PATH: install one, or name it with -Dchromium=…";
            if (System.getenv("CI") != null) {
                throw new IllegalStateException(message);
            }
            Assumptions.abort(message);
        }
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        try {
            // This is a timeout for busy machines, not a wait.
            PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
            LaunchOptions options = new LaunchOptions().setExecutablePath(executable);
            return new Chromium(playwright, playwright.chromium().launch(options));
        } catch (RuntimeException e) {
            playwright.close();
            throw e;
        }
    }

    /** Opens an address in a new browser profile with separate cookies. */
    BrowserContext open(String address) {
        return browser.newContext(new NewContextOptions().setBaseURL(address));
    }

    BrowserContext openWithoutJavaScript(String address) {
        return browser.newContext(new NewContextOptions().setBaseURL(address).setJavaScriptEnabled(false));
    }

    @Override
    public void close() {
        playwright.close();
    }

    private static @Nullable Path find() {
        String named = System.getProperty("chromium");
        if (named != null) {
            return Path.of(named);
        }
        String path = System.getenv("PATH");
        Stream<Path> onThePath = path == null
                ? Stream.of()
                : Stream.of(path.split(File.pathSeparator, -1))
                        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)));
        return Stream.concat(onThePath, ELSEWHERE.stream().map(Path::of))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }
}
