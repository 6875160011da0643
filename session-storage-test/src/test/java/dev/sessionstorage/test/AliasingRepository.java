package dev.sessionstorage.test;

import dev.sessionstorage.SessionData;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Opens each record by a second id too. */
final class AliasingRepository extends ForwardingRepository {

    private final Map<String, String> ids = new ConcurrentHashMap<>();
    private final UnaryOperator<String> alias;

    AliasingRepository(Clock clock, UnaryOperator<String> alias) {
        super(clock);
        this.alias = alias;
    }

    @Override
    public String createData(SessionData data, Instant expires) {
        String id = super.createData(data, expires);
        ids.put(alias.apply(id), id);
        return id;
    }

    @Override
    public @Nullable SessionData readData(String id) {
        return super.readData(ids.getOrDefault(id, id));
    }
}
