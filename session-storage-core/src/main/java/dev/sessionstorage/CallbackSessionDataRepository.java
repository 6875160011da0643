package dev.sessionstorage;

import java.time.Instant;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The four callbacks of {@link SessionStorage.Builder}. */
record CallbackSessionDataRepository(
        BiFunction<SessionData, Instant, String> create,
        Function<String, @Nullable SessionData> read,
        SessionStorage.Builder.UpdateData update,
        Consumer<String> delete,
        boolean storesVersions)
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

    /** Leaves out the callbacks' own texts, because this one is logged at startup. */
    @Override
    public String toString() {
        return "CallbackSessionDataRepository";
    }
}
