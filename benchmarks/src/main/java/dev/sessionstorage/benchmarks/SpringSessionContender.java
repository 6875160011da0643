package dev.sessionstorage.benchmarks;

import java.time.Instant;
import java.util.Map;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;

/** Spring Session: its filter's work with its repository in a request, including the update of the last access time. */
final class SpringSessionContender<S extends Session> implements Contender {

    private final SessionRepository<S> repository;
    private final Map<String, Object> attributes;
    private final String changed;

    SpringSessionContender(SessionRepository<S> repository, Map<String, Object> attributes) {
        this.repository = repository;
        this.attributes = attributes;
        this.changed = attributes.keySet().iterator().next();
    }

    @Override
    public String name() {
        return "Spring Session";
    }

    @Override
    public String create() {
        S session = repository.createSession();
        attributes.forEach(session::setAttribute);
        repository.save(session);
        return session.getId();
    }

    @Override
    public void read(String key) {
        repository.save(existing(key));
    }

    @Override
    public void change(String key, long number) {
        S session = existing(key);
        session.setAttribute(changed, Attributes.text(number));
        repository.save(session);
    }

    private S existing(String id) {
        S session = repository.findById(id);
        if (session == null || session.getAttribute(changed) == null) {
            throw new IllegalStateException("The session is gone");
        }
        session.setLastAccessedTime(Instant.now());
        return session;
    }
}
