package dev.sessionstorage;

import static dev.sessionstorage.SessionUnavailableException.guard;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** The storage over a repository. */
final class RepositorySessionStorage implements SessionStorage {

    private static final Log LOG = LogFactory.getLog(SessionStorage.class);
    private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofMinutes(30);
    private static final int MAX_ATTEMPTS = 16;
    private static final long MAX_PAUSE_NANOS = 20_000_000;

    private final SessionCookie cookie;
    private final SessionDataRepository repository;
    private final Duration idleTimeout;
    private final Duration absoluteTimeout;
    private final boolean lastWriteWins;
    private final int maxSize;
    private final Clock clock;
    private final Consumer<SessionEvent> onEvent;
    private final SessionJson json;
    private final CommitQueue queue = new CommitQueue();
    /** Cleared once the repository was seen to keep data without its version: then a commit has to read first. */
    private volatile boolean versioned = true;

    RepositorySessionStorage(Builder builder, SessionCookie cookie, SessionDataRepository repository) {
        this.cookie = cookie;
        this.repository = repository;
        Duration cookieTimeout = cookie.maxAge() != null ? cookie.maxAge() : DEFAULT_IDLE_TIMEOUT;
        this.idleTimeout = builder.idleTimeout != null ? builder.idleTimeout : cookieTimeout;
        this.absoluteTimeout = builder.absoluteTimeout;
        this.lastWriteWins = builder.conflicts == Conflicts.LAST_WRITE_WINS;
        this.maxSize = builder.maxSize;
        this.clock = builder.clock;
        this.onEvent = builder.onEvent;
        this.json = new SessionJson(builder.jsonMapper);
        if (cookie.secrets().isEmpty()) {
            LOG.warn("The session cookie '" + cookie.name() + "' has no secret: its value is not signed");
        } else if (cookie.hasShortSecret()) {
            LOG.warn("A secret of the session cookie '" + cookie.name() + "' is shorter than 32 bytes: replace it");
        }
    }

    @Override
    public Session getSession() {
        Instant now = clock.instant();
        SessionData nothing = SessionData.fromJson("{}", 0, now, null, now.plus(idleTimeout));
        return new JsonSession(this, json, "", nothing, new SessionAttributes(Map.of()));
    }

    @Override
    public Session getSession(@Nullable String cookieHeader) {
        String id = verifiedId(cookieHeader);
        SessionData data = id == null ? null : read(id);
        Map<String, String> attributes = id == null || data == null ? null : split(id, data);
        if (id == null || data == null || attributes == null) {
            return getSession();
        }
        return new JsonSession(this, json, id, data, new SessionAttributes(attributes));
    }

    @Override
    public String commitSession(Session session) {
        return commitSession(session, UnaryOperator.identity());
    }

    @Override
    public String commitSession(Session session, UnaryOperator<SessionCookie> override) {
        JsonSession own = own(session);
        own.checkUsable();
        own.detectMutations();
        SessionCookie sent = override.apply(cookie);
        if (own.isNew() && own.isEmpty()) {
            return sent.header("", Duration.ZERO);
        }
        if (sent.maxAge() == null ? cookie.maxAge() != null : !sent.maxAge().equals(cookie.maxAge())) {
            own.ownIdleTimeout(sent.maxAge());
        }
        if (own.isNew()) {
            create(own);
        } else if (own.isChanged()) {
            queue.inTurn(own.id(), () -> update(own));
        } else {
            extendIfDue(own);
        }
        return sent.header(CookieCodec.encode(sent, own.id()), maxAge(own, sent));
    }

    @Override
    public String destroySession(Session session) {
        return destroySession(session, UnaryOperator.identity());
    }

    @Override
    public String destroySession(Session session, UnaryOperator<SessionCookie> override) {
        JsonSession own = own(session);
        if (!own.isDestroyed() && !own.id().isEmpty()) {
            guard("delete", () -> {
                repository.deleteData(own.id());
                return true;
            });
            onEvent.accept(SessionEvent.DESTROYED);
        }
        own.destroyed();
        return override.apply(cookie).header("", Duration.ZERO);
    }

    private @Nullable String verifiedId(@Nullable String cookieHeader) {
        String verified = null;
        for (String value : CookieCodec.values(cookieHeader, cookie.name())) {
            String id = CookieCodec.decode(cookie, value);
            if (id == null) {
                onEvent.accept(SessionEvent.COOKIE_REJECTED);
            } else if (verified == null) {
                verified = id;
            } else if (!id.equals(verified)) {
                LOG.warn("A request carries two valid '" + cookie.name() + "' cookies, for the sessions "
                        + SessionId.shortHash(verified) + " (used) and " + SessionId.shortHash(id)
                        + ": an attack by cookie tossing, or a changed path or domain");
                onEvent.accept(SessionEvent.COOKIE_DUPLICATE);
            }
        }
        return verified;
    }

    private @Nullable SessionData read(String id) {
        CommitQueue.Committed before = queue.last(id);
        SessionData data = guard("read", () -> repository.readData(id));
        if (data == null || hasEnded(data)) {
            return null;
        }
        if (versioned && before != null && before.isStoredWithoutItsVersionIn(data)) {
            versioned = false;
            LOG.warn("The repository " + repository.getClass().getName()
                    + " does not store versions, so each commit reads"
                    + " first, and updates by several processes at once can be lost: see SessionDataRepository");
        }
        return data;
    }

    /** A record's attributes, or null if it cannot be decoded. */
    private @Nullable Map<String, String> split(String id, SessionData data) {
        try {
            return json.split(data.toJson());
        } catch (JacksonException e) {
            LOG.warn("Session " + SessionId.shortHash(id) + " cannot be decoded: its user gets a new one. "
                    + e.getClass().getName());
            onEvent.accept(SessionEvent.UNREADABLE);
            return null;
        }
    }

    private boolean hasEnded(SessionData data) {
        return !clock.instant()
                .isBefore(earlier(data.expires(), data.createdAt().plus(absoluteTimeout)));
    }

    private void create(JsonSession session) {
        Map<String, String> attributes = applied(session, Map.of());
        SessionData data = data(session, session.stored(), attributes);
        String id = guard("create", () -> repository.createData(data, data.expires()));
        session.committed(id, data, attributes);
        onEvent.accept(SessionEvent.CREATED);
    }

    private void update(JsonSession session) {
        SessionData fresh = isOvertaken(session) ? readAgain(session) : session.stored();
        for (int attempt = 1; !tryToStore(session, fresh); attempt++) {
            if (attempt == MAX_ATTEMPTS) {
                throw conflict("Other requests kept changing the session: gave up after " + attempt + " attempts");
            }
            pause(attempt);
            fresh = readAgain(session);
        }
    }

    /** Whether what this session was read as is known not to be stored any more. */
    private boolean isOvertaken(JsonSession session) {
        SessionData read = session.stored();
        CommitQueue.Committed last = queue.last(session.id());
        return !versioned || hasEnded(read) || (last != null && last.version() > read.version());
    }

    private SessionData readAgain(JsonSession session) {
        SessionData fresh = read(session.id());
        if (fresh == null) {
            throw gone();
        }
        onEvent.accept(SessionEvent.RETRIED);
        return fresh;
    }

    private SessionGoneException gone() {
        onEvent.accept(SessionEvent.GONE);
        return new SessionGoneException();
    }

    /** The first retry comes at once, the later ones after a random time that grows with their number. */
    private static void pause(int attempt) {
        if (attempt > 1) {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(Math.min(MAX_PAUSE_NANOS, 500_000L << attempt)));
        }
    }

    /** Tries to store a session's changes on top of a state; false if that state is not the stored one any more. */
    private boolean tryToStore(JsonSession session, SessionData fresh) {
        String id = session.id();
        Map<String, String> present = split(id, fresh);
        if (present == null) {
            throw gone();
        }
        Map<String, String> attributes = applied(session, present);
        SessionData data = data(session, fresh, attributes);
        if (session.isRotating()) {
            String newId = guard("rotate", () -> repository.rotateData(id, data, data.expires()));
            if (newId == null) {
                return false;
            }
            session.committed(newId, data, attributes);
            onEvent.accept(SessionEvent.ROTATED);
            return true;
        }
        if (!guard("update", () -> repository.updateData(id, data, data.expires()))) {
            return false;
        }
        SessionData stored = data.withNextVersion();
        queue.committed(id, stored);
        session.committed(id, stored, attributes);
        onEvent.accept(SessionEvent.UPDATED);
        return true;
    }

    private Map<String, String> applied(JsonSession session, Map<String, String> fresh) {
        Map<String, String> attributes = session.attributes().applyTo(fresh, lastWriteWins);
        if (attributes == null) {
            throw conflict("Another request changed a session attribute after this one had read it");
        }
        return attributes;
    }

    private SessionConflictException conflict(String message) {
        onEvent.accept(SessionEvent.CONFLICT);
        return new SessionConflictException(message);
    }

    private SessionData data(JsonSession session, SessionData fresh, Map<String, String> attributes) {
        String text = json.join(attributes);
        int size = text.getBytes(StandardCharsets.UTF_8).length;
        if (size > maxSize) {
            throw new IllegalStateException("The session's JSON has " + size + " bytes, more than the max-size of "
                    + maxSize + ": keep ids in the session and the rest elsewhere, or raise session.max-size");
        }
        return SessionData.fromJson(
                text, fresh.version(), fresh.createdAt(), session.principalOver(fresh), expires(session, fresh));
    }

    /** A request that only read never fails for its extension: if the record is gone or newer, the extension is dropped. */
    private void extendIfDue(JsonSession session) {
        SessionData data = session.stored();
        Instant expires = expires(session, data);
        Duration tenth = idleTimeout(session).dividedBy(10);
        if (Duration.between(data.expires(), expires).compareTo(tenth) <= 0) {
            return;
        }
        queue.inTurn(session.id(), () -> extend(session, expires));
    }

    private void extend(JsonSession session, Instant expires) {
        SessionData data = versioned ? session.stored() : read(session.id());
        if (data != null && guard("extend", () -> repository.extendData(session.id(), data, expires))) {
            session.extended(expires);
            onEvent.accept(SessionEvent.EXTENDED);
        }
    }

    private Instant expires(JsonSession session, SessionData data) {
        return earlier(
                clock.instant().plus(idleTimeout(session)), data.createdAt().plus(absoluteTimeout));
    }

    private Duration idleTimeout(JsonSession session) {
        Duration own = session.ownIdleTimeout();
        return own != null ? own : idleTimeout;
    }

    private @Nullable Duration maxAge(JsonSession session, SessionCookie sent) {
        Duration own = session.ownIdleTimeout();
        Duration wanted = own != null ? own : sent.maxAge();
        if (wanted == null) {
            return null;
        }
        Duration left =
                Duration.between(clock.instant(), session.stored().createdAt().plus(absoluteTimeout));
        // A negative one would leave Max-Age out, and so keep the cookie until the browser closes.
        Duration capped = wanted.compareTo(left) < 0 ? wanted : left;
        return capped.isNegative() ? Duration.ZERO : capped;
    }

    private JsonSession own(Session session) {
        if (session instanceof DelegatingSession delegating) {
            return own(delegating.delegate());
        }
        if (session instanceof JsonSession own && own.belongsTo(this)) {
            return own;
        }
        throw new IllegalArgumentException("The session was not made by this SessionStorage");
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
