package dev.sessionstorage.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;

/** Takes screenshots of a page in phone and desktop widths, light and dark, under target/screenshots. */
final class Screenshots {

    private static final Path FOLDER = Path.of("target", "screenshots");

    private final Page page;

    Screenshots(Page page) {
        this.page = page;
    }

    void take(String path, String name) {
        page.navigate(path);
        take(name);
    }

    /** Takes a screenshot of the current page. Fails if the page is wider than the window. */
    void take(String name) {
        for (int width : new int[] {390, 1280}) {
            page.setViewportSize(width, 844);
            Object overflow = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth");
            page.evaluate("() => window.scrollTo(0, 0)");
            assertThat(overflow).as("overflow of %s at %d pixels", name, width).isEqualTo(0);
            for (ColorScheme scheme : new ColorScheme[] {ColorScheme.DARK, ColorScheme.LIGHT}) {
                page.emulateMedia(
                        new Page.EmulateMediaOptions().setColorScheme(scheme).setReducedMotion(ReducedMotion.REDUCE));
                page.screenshot(new Page.ScreenshotOptions()
                        .setFullPage(true)
                        .setPath(FOLDER.resolve(
                                name + "-" + width + (scheme == ColorScheme.DARK ? "-dark" : "") + ".png")));
            }
        }
    }
}
