package dev.sessionstorage.benchmarks;

import dev.sessionstorage.SessionId;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.databind.json.JsonMapper;

/** The upper bound that a store's client sets: reading and compare-and-set of a string by its id, and nothing else. */
abstract class RawContender implements Contender {

    private final String json;
    /** The JSON before the value that changes; {@link #end} is the JSON after it. */
    private final String start;

    private final String end;

    RawContender(Map<String, Object> attributes) {
        this.json = JsonMapper.shared().writeValueAsString(attributes);
        String changed = String.valueOf(attributes.values().iterator().next());
        int value = json.indexOf(changed);
        this.start = json.substring(0, value);
        this.end = json.substring(value + changed.length());
    }

    abstract void create(String id, String text);

    /** Returns the string under an id; throws if there is none. */
    abstract String text(String id);

    /** Reads a string and replaces it by a compare-and-set. */
    abstract void change(String id, UnaryOperator<String> change);

    @Override
    public final String create() {
        String id = SessionId.create();
        create(id, json);
        return id;
    }

    @Override
    public final void read(String id) {
        check(!text(id).isEmpty());
    }

    /** Does not decode the other attributes, because they do not change. */
    @Override
    public final void change(String id, long number) {
        change(id, text -> start + Attributes.text(number) + end);
    }

    static void check(boolean done) {
        if (!done) {
            throw new IllegalStateException("The session is gone");
        }
    }
}
