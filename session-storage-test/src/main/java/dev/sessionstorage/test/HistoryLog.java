package dev.sessionstorage.test;

import dev.sessionstorage.SessionEvent;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The history of one process, in a file.
 *
 * @param operations the operations of its threads
 * @param events how often its storages reported each event
 */
record HistoryLog(ArrayList<HistoryOperation> operations, Map<SessionEvent, Long> events) implements Serializable {

    private static final String SUFFIX = ".history";

    static void write(
            Path directory, int firstThread, List<HistoryOperation> operations, Map<SessionEvent, Long> events) {
        Path file = directory.resolve(firstThread + SUFFIX);
        try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(file))) {
            out.writeObject(new HistoryLog(new ArrayList<>(operations), events));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<HistoryLog> readAll(Path directory) {
        List<HistoryLog> logs = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
                    logs.add((HistoryLog) in.readObject());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
        return logs;
    }
}
