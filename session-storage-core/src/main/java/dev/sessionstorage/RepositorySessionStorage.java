package dev.sessionstorage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** The storage over a repository: what the cookie says, and what becomes of it. {@link SessionRecords} does the storing. */
final class RepositorySessionStorage implements SessionStorage {

    private static final Log LOG = LogFactory.getLog(SessionStorage.class);

    /**
     * Each costs a read, and whoever may set cookies can collect valid ones. The last one is always among them: browsers send the
     * newest at the end, after those with longer paths (RFC 6265, 5.4).
     */
    private static final int MAX_IDS_PER_REQUEST = 8;

    private final SessionCookie cookie;
    private final CookieCodec codec;
    private final SessionTimeouts timeouts;
    private final SessionEvents events;
    private final SparseWarnings duplicates = new SparseWarnings(LOG);
    private final SessionJson json;
    private final SessionRecords records;

    RepositorySessionStorage(Builder builder, SessionCookie cookie, SessionDataRepository repository) {
        this.cookie = cookie;
        this.codec = new CookieCodec(cookie);
        this.timeouts = new SessionTimeouts(
                builder.clock,
                builder.idleTimeout != null ? builder.idleTimeout : cookie.defaultIdleTimeout(),
                builder.absoluteTimeout,
                cookie.maxAge());
        this.events = new SessionEvents(builder.onEvent);
        this.json = new SessionJson(builder.jsonMapper);
        this.records = new SessionRecords(
                repository, timeouts, json, builder.conflicts == Conflicts.LAST_WRITE_WINS, builder.maxSize, events);
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
        return newSession(List.of());
    }

    private JsonSession newSession(List<String> unreadIds) {
        JsonSession session = new JsonSession(this, json, "", null, timeouts.begin(), new SessionAttributes(Map.of()));
        session.unreadIds(unreadIds);
        return session;
    }

    @Override
    public Session getSession(@Nullable String cookieHeader) {
        List<CookieCodec.Verified> candidates = verified(cookieHeader);
        for (CookieCodec.Verified candidate : candidates) {
            Session session = read(candidate);
            if (session != null) {
                reportOthers(candidates, candidate);
                return session;
            }
        }
        reportOthers(candidates, null);
        return unread(candidates.stream().map(CookieCodec.Verified::id).toList());
    }

    private Session unread(List<String> ids) {
        return ids.stream().anyMatch(records::isMoved) ? new MovedSession() : newSession(ids);
    }

    private @Nullable Session read(CookieCodec.Verified verified) {
        SessionData data = records.read(verified.id());
        Map<String, String> attributes = data == null ? null : records.attributes(verified.id(), data);
        return data == null || attributes == null
                ? null
                : new JsonSession(this, json, verified.id(), verified.value(), data, new SessionAttributes(attributes));
    }

    @Override
    public String commitSession(Session session) {
        return commitSession(session, UnaryOperator.identity());
    }

    @Override
    public String commitSession(Session session, UnaryOperator<SessionCookie> override) {
        JsonSession own = own(session);
        try {
            return commit(own, session, override);
        } catch (RuntimeException e) {
            if (session instanceof DelegatingSession delegating && !records.isOfTransaction(e)) {
                delegating.commitFailed(e);
            }
            throw e;
        }
    }

    private String commit(JsonSession own, Session session, UnaryOperator<SessionCookie> override) {
        own.checkUsable();
        own.detectMutations();
        if (session instanceof DelegatingSession delegating && !delegating.isSeen()) {
            own.attributes().consumeNothing();
        }
        Duration ownTimeout = own.ownIdleTimeout();
        SessionCookie present = ownTimeout == null ? cookie : cookie.withMaxAge(ownTimeout);
        SessionCookie sent = override.apply(present);
        if (own.isNew() && own.isEmpty()) {
            return sent.header("", Duration.ZERO);
        }
        if (!Objects.equals(sent.maxAge(), present.maxAge())) {
            own.ownIdleTimeout(Objects.equals(sent.maxAge(), cookie.maxAge()) ? null : sent.maxAge());
        }
        boolean mayExtend = sent.maxAge() == null
                || !(session instanceof DelegatingSession delegating)
                || delegating.cookieMaySlide();
        Instant before = timeouts.clock().instant();
        if (mayExtend || own.isNew() || own.isChanged()) {
            records.store(own);
        }
        Duration age = timeouts.maxAge(own, sent, before);
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
        records.destroy(own);
        return override.apply(cookie).header("", Duration.ZERO);
    }

    /** What holds, as the log says it at the start. Only of this project's repositories is it known that they show no secret. */
    @Override
    public String toString() {
        return "SessionStorage[repository=" + records.repository() + ", cookie=" + cookie + ", idleTimeout="
                + timeouts.idle() + ", absoluteTimeout=" + timeouts.absolute() + "]";
    }

    /** What the cookies that verify carry, each id once. */
    private List<CookieCodec.Verified> verified(@Nullable String cookieHeader) {
        List<CookieCodec.Verified> all = new ArrayList<>(1);
        for (String value : codec.values(cookieHeader)) {
            CookieCodec.Verified verified = codec.decode(value);
            if (verified == null) {
                events.tell(SessionEvent.COOKIE_REJECTED);
            } else if (!contains(all, verified.id())) {
                if (all.size() == MAX_IDS_PER_REQUEST) {
                    all.remove(MAX_IDS_PER_REQUEST - 1);
                }
                all.add(verified);
            }
        }
        return all;
    }

    private static boolean contains(List<CookieCodec.Verified> all, String id) {
        for (CookieCodec.Verified verified : all) {
            if (verified.id().equals(id)) {
                return true;
            }
        }
        return false;
    }

    private void reportOthers(List<CookieCodec.Verified> all, CookieCodec.@Nullable Verified used) {
        if (all.size() < 2) {
            return;
        }
        CookieCodec.Verified first = used != null ? used : all.get(0);
        for (CookieCodec.Verified other : all) {
            if (!other.equals(first)) {
                duplicates.warn("A request carries two valid '" + cookie.name() + "' cookies, for the sessions "
                        + SessionId.shortHash(first.id()) + (used != null ? " (used) and " : " and ")
                        + SessionId.shortHash(other.id())
                        + ": a changed path, domain or partitioned, which session.cookie.former can list, or an attack"
                        + " by cookie tossing");
                events.tell(SessionEvent.COOKIE_DUPLICATE, other.id());
            }
        }
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
