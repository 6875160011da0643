package dev.sessionstorage;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** The storage over a repository: what the cookie says, and what becomes of it. {@link SessionRecords} does the storing. */
final class RepositorySessionStorage implements SessionStorage {

    private static final Log LOG = LogFactory.getLog(SessionStorage.class);

    private final SessionCookie cookie;
    private final CookieCodec codec;
    private final SessionTimeouts timeouts;
    private final Consumer<SessionEvent> onEvent;
    private final SessionJson json;
    private final SessionRecords records;

    RepositorySessionStorage(Builder builder, SessionCookie cookie, SessionDataRepository repository) {
        this.cookie = cookie;
        this.codec = new CookieCodec(cookie);
        this.timeouts = new SessionTimeouts(
                builder.clock,
                builder.idleTimeout != null ? builder.idleTimeout : cookie.defaultIdleTimeout(),
                builder.absoluteTimeout);
        this.onEvent = builder.onEvent;
        this.json = new SessionJson(builder.jsonMapper);
        this.records = new SessionRecords(
                repository,
                timeouts,
                json,
                builder.conflicts == Conflicts.LAST_WRITE_WINS,
                builder.maxSize,
                builder.onEvent);
        if (cookie.secrets().isEmpty()) {
            LOG.warn("The session cookie '" + cookie.name() + "' has no secret: its value is not signed");
        } else if (cookie.hasShortSecret()) {
            LOG.warn("A secret of the session cookie '" + cookie.name() + "' is shorter than 32 bytes: replace it");
        }
    }

    @Override
    public SessionCookie cookie() {
        return cookie;
    }

    @Override
    public Session getSession() {
        Instant now = timeouts.clock().instant();
        SessionData nothing = SessionData.fromJson("{}", 0, now, null, now.plus(timeouts.idle()));
        return new JsonSession(this, json, "", null, nothing, new SessionAttributes(Map.of()));
    }

    @Override
    public Session getSession(@Nullable String cookieHeader) {
        CookieCodec.Verified verified = verified(cookieHeader);
        SessionData data = verified == null ? null : records.read(verified.id());
        Map<String, String> attributes =
                verified == null || data == null ? null : records.attributes(verified.id(), data);
        if (verified == null || data == null || attributes == null) {
            return getSession();
        }
        return new JsonSession(this, json, verified.id(), verified.value(), data, new SessionAttributes(attributes));
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
        Duration ownTimeout = own.ownIdleTimeout();
        SessionCookie present = ownTimeout == null ? cookie : cookie.withMaxAge(ownTimeout);
        SessionCookie sent = override.apply(present);
        if (own.isNew() && own.isEmpty()) {
            return sent.header("", Duration.ZERO);
        }
        if (!Objects.equals(sent.maxAge(), present.maxAge())) {
            own.ownIdleTimeout(Objects.equals(sent.maxAge(), cookie.maxAge()) ? null : sent.maxAge());
        }
        try {
            records.store(own);
        } catch (RuntimeException e) {
            if (session instanceof DelegatingSession delegating) {
                delegating.commitFailed();
            }
            throw e;
        }
        Duration age = timeouts.maxAge(own, sent);
        if (sent.equals(present)) {
            return codec.header(own.cookieValue(codec), age);
        }
        CookieCodec other = new CookieCodec(sent);
        return other.header(other.encode(own.id()), age);
    }

    @Override
    public String destroySession(Session session) {
        return destroySession(session, UnaryOperator.identity());
    }

    @Override
    public String destroySession(Session session, UnaryOperator<SessionCookie> override) {
        JsonSession own = own(session);
        if (!own.isDestroyed() && !own.id().isEmpty()) {
            records.delete(own.id());
        }
        own.destroyed();
        return override.apply(cookie).header("", Duration.ZERO);
    }

    private CookieCodec.@Nullable Verified verified(@Nullable String cookieHeader) {
        CookieCodec.Verified first = null;
        for (String value : codec.values(cookieHeader)) {
            CookieCodec.Verified verified = codec.decode(value);
            if (verified == null) {
                onEvent.accept(SessionEvent.COOKIE_REJECTED);
            } else if (first == null) {
                first = verified;
            } else if (!verified.id().equals(first.id())) {
                LOG.warn("A request carries two valid '" + cookie.name() + "' cookies, for the sessions "
                        + SessionId.shortHash(first.id()) + " (used) and " + SessionId.shortHash(verified.id())
                        + ": an attack by cookie tossing, or a changed path or domain");
                onEvent.accept(SessionEvent.COOKIE_DUPLICATE);
            }
        }
        return first;
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
}
