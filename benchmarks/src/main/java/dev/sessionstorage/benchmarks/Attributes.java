package dev.sessionstorage.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** The attributes of all contenders' sessions. */
final class Attributes {

    private Attributes() {}

    /** Typical attributes of an application, about 10 bytes each. */
    static Map<String, Object> small() {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("userId", 4711);
        attributes.put("locale", "en-GB");
        attributes.put("theme", "dark");
        attributes.put("admin", false);
        attributes.put("lastPage", "/orders/17");
        return attributes;
    }

    /** A number of attributes of 100 characters each. */
    static Map<String, Object> texts(int count) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            attributes.put("attribute" + i, text(i));
        }
        return attributes;
    }

    /** A string of 100 characters that starts with a number. */
    static String text(long number) {
        StringBuilder text = new StringBuilder(100).append(number).append(' ');
        while (text.length() < 100) {
            text.append("abcdefghij", 0, Math.min(10, 100 - text.length()));
        }
        return text.toString();
    }
}
