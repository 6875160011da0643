package dev.sessionstorage.benchmarks;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import java.util.Map;

/** This project: the work of a whole request, from the Cookie header to the Set-Cookie header. */
final class SessionStorageContender implements Contender {

    private final SessionStorage storage;
    private final Map<String, Object> attributes;
    private final String changed;

    SessionStorageContender(SessionStorage storage, Map<String, Object> attributes) {
        this.storage = storage;
        this.attributes = attributes;
        this.changed = attributes.keySet().iterator().next();
    }

    @Override
    public String name() {
        return Measurement.OURS;
    }

    /** Returns the Cookie header of later requests as the key. */
    @Override
    public String create() {
        Session session = storage.getSession();
        attributes.forEach(session::set);
        String header = storage.commitSession(session);
        return header.substring(0, header.indexOf(';'));
    }

    @Override
    public void read(String key) {
        storage.commitSession(existing(key));
    }

    @Override
    public void change(String key, long number) {
        Session session = existing(key);
        session.set(changed, Attributes.text(number));
        storage.commitSession(session);
    }

    private Session existing(String cookies) {
        Session session = storage.getSession(cookies);
        if (session.get(changed) == null) {
            throw new IllegalStateException("The session is gone");
        }
        return session;
    }
}
