package dev.sessionstorage.test;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionId;
import dev.sessionstorage.SessionStorage.Builder.UpdateData;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A user's own store: four lambdas, with no method overridden. */
class FourLambdasTest extends SessionDataRepositoryContract {

    @Override
    protected SessionDataRepository repository(Clock clock) {
        return fourLambdas(clock);
    }

    static SessionDataRepository fourLambdas(Clock clock) {
        Map<String, SessionData> records = new ConcurrentHashMap<>();

        BiFunction<SessionData, Instant, String> createData = (data, expires) -> {
            String id = SessionId.create();
            records.put(id, data);
            return id;
        };
        Function<String, @Nullable SessionData> readData = id -> {
            SessionData data = records.get(id);
            return data != null && clock.instant().isBefore(data.expires()) ? data : null;
        };
        UpdateData updateData = (id, data, expires) -> {
            SessionData stored = records.get(id);
            return stored != null
                    && stored.version() == data.version()
                    && clock.instant().isBefore(stored.expires().plus(SessionDataRepository.GRACE))
                    && records.replace(id, stored, data.withExpires(expires).withNextVersion());
        };
        Consumer<String> deleteData = records::remove;

        return new FourLambdas(createData, readData, updateData, deleteData);
    }

    private record FourLambdas(
            BiFunction<SessionData, Instant, String> create,
            Function<String, @Nullable SessionData> read,
            UpdateData update,
            Consumer<String> delete)
            implements SessionDataRepository {

        @Override
        public String createData(SessionData data, Instant expires) {
            return create.apply(data, expires);
        }

        @Override
        public @Nullable SessionData readData(String id) {
            return read.apply(id);
        }

        @Override
        public boolean updateData(String id, SessionData data, Instant expires) {
            return update.update(id, data, expires);
        }

        @Override
        public void deleteData(String id) {
            delete.accept(id);
        }
    }
}
