package dev.sessionstorage;

import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A fast path for the JSON of most sessions: an object without white space whose values are strings without escapes, booleans
 * or ints. It takes a fraction of a parser's time. Everything else goes through Jackson.
 */
final class PlainJson {

    /** Jackson cannot read every name that it writes. Longer names go through Jackson, which finds out. */
    static final int MAX_NAME = 1_000;

    /** Every integer of at most this many characters fits an int. */
    private static final int MAX_INT = 9;

    private PlainJson() {}

    /** A value's JSON text, or null if Jackson must write it. */
    static @Nullable String write(@Nullable Object value) {
        if (value instanceof String text) {
            return isPlain(text) ? '"' + text + '"' : null;
        }
        return value instanceof Integer || value instanceof Long || value instanceof Boolean ? value.toString() : null;
    }

    /** The value of a JSON text as a type, or null if Jackson must read it. */
    static @Nullable Object read(String json, Type type) {
        char first = json.charAt(0);
        if (first == '"' && (type == String.class || type == Object.class)) {
            return json.indexOf('\\') < 0 ? json.substring(1, json.length() - 1) : null;
        }
        if ((first == 't' || first == 'f')
                && (type == Boolean.class || type == boolean.class || type == Object.class)) {
            return first == 't';
        }
        boolean wantsInt = type == Integer.class || type == int.class || type == Object.class;
        return wantsInt && isInt(json, 0, json.length()) ? Integer.valueOf(json) : null;
    }

    /** An object's members, name to JSON text in order, or null if Jackson must parse it. */
    static @Nullable Map<String, String> split(String json) {
        if (!json.startsWith("{") || json.indexOf('\\') > 0) {
            return null;
        }
        Map<String, String> parts = new LinkedHashMap<>();
        int last = json.length() - 1;
        int end = 0;
        while (end < last) {
            int name = end + 1;
            int colon = json.charAt(name) == '"' ? endOfText(json, name) : -1;
            int value = colon + 1;
            if (colon < 0 || colon - name > MAX_NAME || value >= last || json.charAt(colon) != ':') {
                return null;
            }
            end = json.charAt(value) == '"' ? endOfText(json, value) : endOfWord(json, value);
            if (end < 0 || end > last || json.charAt(end) != (end < last ? ',' : '}')) {
                return null;
            }
            parts.put(json.substring(name + 1, colon - 1), json.substring(value, end));
        }
        return parts.isEmpty() ? null : parts;
    }

    /** Whether a text can stand between JSON's quotes as it is. */
    static boolean isPlain(String text) {
        return isPlain(text, 0, text.length());
    }

    /** Whether this is a JSON string whose content can be taken as it is. */
    static boolean isPlainText(String json) {
        int last = json.length() - 1;
        return last > 0 && json.charAt(0) == '"' && json.charAt(last) == '"' && isPlain(json, 1, last);
    }

    /** Whether no other JSON text of the same length has the same value. */
    static boolean hasOneSpelling(String json) {
        return isPlainText(json) || isInt(json, 0, json.length());
    }

    /** The end of a string without a backslash; -1 if it is unterminated or contains a character that JSON escapes. */
    private static int endOfText(String json, int start) {
        int quote = json.indexOf('"', start + 1);
        for (int i = start + 1; i < quote; i++) {
            if (json.charAt(i) < ' ') {
                return -1;
            }
        }
        return quote < 0 ? -1 : quote + 1;
    }

    private static int endOfWord(String json, int start) {
        int comma = json.indexOf(',', start);
        int end = comma < 0 ? json.length() - 1 : comma;
        return isWord("true", json, start, end) || isWord("false", json, start, end) || isInt(json, start, end)
                ? end
                : -1;
    }

    private static boolean isWord(String word, String json, int start, int end) {
        return word.length() == end - start && json.startsWith(word, start);
    }

    private static boolean isPlain(String text, int start, int end) {
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || c >= Character.MIN_SURROGATE) {
                return false;
            }
        }
        return true;
    }

    private static boolean isInt(String json, int start, int end) {
        int digits = json.startsWith("-", start) ? start + 1 : start;
        for (int i = digits; i < end; i++) {
            if (json.charAt(i) < '0' || json.charAt(i) > '9') {
                return false;
            }
        }
        boolean leadingZero = json.startsWith("0", digits) && end - start > 1;
        return end > digits && end - start <= MAX_INT && !leadingZero;
    }
}
