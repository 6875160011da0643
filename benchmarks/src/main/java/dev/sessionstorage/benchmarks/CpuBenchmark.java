package dev.sessionstorage.benchmarks;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import org.springframework.core.serializer.support.DeserializingConverter;
import org.springframework.core.serializer.support.SerializingConverter;

/** Measures the CPU cost of a session without its repository. JMH requires the class to be public and sets the fields. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@NullUnmarked
public class CpuBenchmark {

    private static final String ID = "q6sVqLBmn9yiyyLP0kVqM0dVrCSXY0PBZs_IXoTPBrI";

    /** The session's attributes: five small ones, or five of 100 bytes. */
    @Param({"small", "100 bytes"})
    public String attributes;

    private final SerializingConverter serializer = new SerializingConverter();
    private final DeserializingConverter deserializer = new DeserializingConverter();

    private SessionStorage storage;
    private String cookies;
    private Session session;
    private List<String> names;
    private String changed;
    private long count;
    private List<byte[]> serialized;
    private SessionData stored;

    /** Stores one session. */
    @Setup
    public void store() {
        Map<String, Object> content = attributes.equals("small") ? Attributes.small() : Attributes.texts(5);
        names = List.copyOf(content.keySet());
        changed = names.get(names.size() - 1);
        storage = SessionStorage.builder()
                .cookie(SessionCookie.named("__Host-Http-session").withSecrets("a-secret-of-the-benchmarks-0123456789"))
                .createData((data, expires) -> {
                    stored = data;
                    return ID;
                })
                .readData(id -> stored)
                .updateData((id, data, expires) -> true)
                .deleteData(id -> {})
                .storesVersions()
                .idleTimeout(Duration.ofDays(10))
                .build();
        session = storage.getSession();
        content.forEach(session::set);
        String header = storage.commitSession(session);
        cookies = "_ga=GA1.1.1234567890.1234567890; " + header.substring(0, header.indexOf(';')) + "; consent=all";
        serialized = new ArrayList<>();
        content.values().forEach(value -> serialized.add(serializer.convert(value)));
    }

    /** The first half of the goal: find the cookie, verify it, and decode all attributes. */
    @Benchmark
    public void readAllAttributes(Blackhole blackhole) {
        Session read = storage.getSession(cookies);
        for (String name : names) {
            blackhole.consume(read.get(name));
        }
    }

    /** The usual read: one attribute, as its type. */
    @Benchmark
    public String readOneAttribute() {
        return storage.getSession(cookies).get(changed, String.class);
    }

    /** The second half of the goal, in its usual form: encode one changed attribute. The cookie's value is already known. */
    @Benchmark
    public String changeAndCommit() {
        session.set(changed, (++count & 1) == 0 ? "/orders/18" : "/orders/19");
        return storage.commitSession(session);
    }

    /** A commit with nothing to write still returns the cookie to send. */
    @Benchmark
    public String commitUnchanged() {
        return storage.commitSession(session);
    }

    /**
     * The second half of the goal and more: a whole request that creates a session, encodes five attributes and signs the
     * cookie.
     */
    @Benchmark
    public String create() {
        Session created = storage.getSession();
        for (String name : names) {
            created.set(name, name);
        }
        return storage.commitSession(created);
    }

    /** The baseline: the work of Spring Session's JDBC repository on five attributes, without its queries. */
    @Benchmark
    public void javaDeserialization(Blackhole blackhole) {
        for (byte[] bytes : serialized) {
            blackhole.consume(deserializer.convert(bytes));
        }
    }

    /** The baseline of a write: one attribute. */
    @Benchmark
    public byte[] javaSerialization() {
        return Objects.requireNonNull(serializer.convert(changed));
    }
}
