package dev.sessionstorage.sample;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A short name for the device of a login, such as "Firefox on Linux", from the User-Agent header. */
final class Device {

    /** The order matters: most browsers name others too. */
    private static final Map<String, String> BROWSERS = inOrder(
            "Edg",
            "Edge",
            "OPR/",
            "Opera",
            "Firefox/",
            "Firefox",
            "FxiOS/",
            "Firefox",
            "Chrome/",
            "Chrome",
            "CriOS/",
            "Chrome",
            "Safari/",
            "Safari",
            "curl/",
            "curl");

    private static final Map<String, String> SYSTEMS = inOrder(
            "iPhone",
            "iPhone",
            "iPad",
            "iPad",
            "Android",
            "Android",
            "CrOS",
            "ChromeOS",
            "Windows",
            "Windows",
            "Mac OS X",
            "macOS",
            "Linux",
            "Linux");

    private Device() {}

    static String of(@Nullable String userAgent) {
        String browser = find(BROWSERS, userAgent);
        String system = find(SYSTEMS, userAgent);
        if (system == null) {
            return browser == null ? "Unknown device" : browser;
        }
        return (browser == null ? "Unknown browser" : browser) + " on " + system;
    }

    private static @Nullable String find(Map<String, String> names, @Nullable String userAgent) {
        if (userAgent == null) {
            return null;
        }
        return names.entrySet().stream()
                .filter(name -> userAgent.contains(name.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private static Map<String, String> inOrder(String... tokensAndNames) {
        Map<String, String> names = new LinkedHashMap<>();
        for (int i = 0; i < tokensAndNames.length; i += 2) {
            names.put(tokensAndNames[i], tokensAndNames[i + 1]);
        }
        return names;
    }
}
