package dev.sessionstorage.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The current cookie of each logical session. All clients share it, like the tabs of a browser. */
interface HistorySlots {

    int COUNT = 24;

    @Nullable
    HistoryCookie cookie(int slot);

    void cookie(int slot, HistoryCookie cookie, String client);

    /** Creates slots for the threads of one process. */
    static HistorySlots inMemory() {
        AtomicReferenceArray<@Nullable HistoryCookie> cookies = new AtomicReferenceArray<>(COUNT);
        return new HistorySlots() {
            @Override
            public @Nullable HistoryCookie cookie(int slot) {
                return cookies.get(slot);
            }

            @Override
            public void cookie(int slot, HistoryCookie cookie, String client) {
                cookies.set(slot, cookie);
            }
        };
    }

    /** Creates slots for several processes: one file each, replaced atomically. */
    static HistorySlots inDirectory(Path directory) {
        return new HistorySlots() {
            @Override
            public @Nullable HistoryCookie cookie(int slot) {
                Path file = directory.resolve("slot-" + slot);
                try {
                    if (!Files.exists(file)) {
                        return null;
                    }
                    List<String> lines = Files.readAllLines(file);
                    return new HistoryCookie(lines.get(0), lines.get(1));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public void cookie(int slot, HistoryCookie cookie, String client) {
                try {
                    Path written =
                            Files.write(directory.resolve("slot-of-" + client), List.of(cookie.id(), cookie.header()));
                    Files.move(
                            written,
                            directory.resolve("slot-" + slot),
                            StandardCopyOption.ATOMIC_MOVE,
                            StandardCopyOption.REPLACE_EXISTING);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }
}
