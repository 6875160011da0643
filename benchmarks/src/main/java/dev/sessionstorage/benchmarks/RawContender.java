package dev.sessionstorage.benchmarks;

import dev.sessionstorage.SessionId;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.databind.json.JsonMapper;

/** The limit that a store's client sets: a text under an id, and a compare-and-set, with nothing around them. */
abstract class RawContender implements Contender {

    private final String json;
    /** The JSON before the value that changes, and after it. */
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

    /** The text under an id; an exception if there is none. */
    abstract String text(String id);

    /** Reads a text and replaces it, if nobody else has done so meanwhile. */
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

    /** The other attributes are known to be what they were. */
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
