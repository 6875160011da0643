package dev.sessionstorage.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;

/** Pictures of a page under target/screenshots, as wide as a phone and as a desk, light and dark. */
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

    /** The page as it is now; fails if it is wider than the window. */
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
