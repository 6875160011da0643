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

/** Keeps the sessions' data in a repository; the cookie carries only the id. {@link SessionCommits} stores the changes. */
final class ServerSideSessionStorage implements SessionStorage {

    private static final Log LOG = LogFactory.getLog(SessionStorage.class);

    /**
     * Limits the reads of a request, because an attacker who can set cookies can collect valid ones. The last id is always
     * kept: browsers send the newest cookie at the end, after those with longer paths (RFC 6265, 5.4).
     */
    private static final int MAX_IDS_PER_REQUEST = 8;

    private static final Duration PAUSE_OF_EXTENSIONS = Duration.ofMinutes(1);

    private final SessionCookie cookie;
    private final CookieCodec codec;
    private final SessionTimeouts timeouts;
    private final SessionEvents events;
    private final SparseWarnings duplicates = new SparseWarnings(LOG);
    private final SessionJson json;
    private final StateRepository states;
    private final SessionCommits commits;

    ServerSideSessionStorage(Builder builder, SessionCookie cookie, SessionDataRepository repository) {
        this.cookie = cookie;
        this.codec = new CookieCodec(cookie);
        this.timeouts = new SessionTimeouts(
                builder.clock,
                builder.idleTimeout != null ? builder.idleTimeout : cookie.defaultIdleTimeout(),
                builder.absoluteTimeout,
                cookie.maxAge());
        this.events = new SessionEvents(builder.onEvent);
        this.json = new SessionJson(builder.jsonMapper);
        this.states = new StateRepository(repository, timeouts, json, events);
        this.commits = new SessionCommits(
                states,
                new CommitRules(timeouts, json, builder.conflicts == Conflicts.LAST_WRITE_WINS, builder.maxSize));
        if (!repository.storesVersions()) {
            LOG.warn("The repository " + states + " does not store versions, so each commit reads first, and updates by"
                    + " several processes at once can be lost: see SessionDataRepository");
        }
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

    private TrackedSession newSession(List<String> unreadIds) {
        State empty = new State("", timeouts.begin(), Map.of());
        TrackedSession session = new TrackedSession(this, json, empty, null);
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
        return ids.stream().anyMatch(states::isMoved) ? new MovedSession() : newSession(ids);
    }

    private @Nullable Session read(CookieCodec.Verified verified) {
        State state = states.read(verified.id());
        return state == null ? null : new TrackedSession(this, json, state, verified.value());
    }

    @Override
    public String commitSession(Session session) {
        return commitSession(session, UnaryOperator.identity());
    }

    @Override
    public String commitSession(Session session, UnaryOperator<SessionCookie> override) {
        DelegatingSession outer = session instanceof DelegatingSession delegating ? delegating : null;
        TrackedSession own = own(session);
        try {
            return commit(own, outer, override);
        } catch (RuntimeException e) {
            if (outer != null && !states.isOfTransaction(e)) {
                outer.commitFailed(e);
            }
            throw e;
        }
    }

    private String commit(
            TrackedSession session, @Nullable DelegatingSession outer, UnaryOperator<SessionCookie> override) {
        session.checkUsable();
        if (outer != null && !outer.isSeen()) {
            session.consumeNothing();
        }
        SessionCookie present = cookieOf(session);
        SessionCookie sent = override.apply(present);
        if (session.isNew() && session.isEmpty()) {
            return sent.header("", Duration.ZERO);
        }
        if (!Objects.equals(sent.maxAge(), present.maxAge())) {
            session.idleTimeout(Objects.equals(sent.maxAge(), cookie.maxAge()) ? null : sent.maxAge());
        }
        Instant before = timeouts.clock().instant();
        store(session, sent.maxAge() == null || outer == null || outer.cookieMaySlide());
        Duration age = timeouts.maxAge(session.state(), sent, before);
        if (sent.equals(present)) {
            return codec.header(session.cookieValue(codec), age);
        }
        CookieCodec other = new CookieCodec(sent);
        return other.header(other.encode(session.id()), age);
    }

    private SessionCookie cookieOf(TrackedSession session) {
        Duration ownTimeout = session.ownIdleTimeout();
        return ownTimeout == null ? cookie : cookie.withMaxAge(ownTimeout);
    }

    private void store(TrackedSession session, boolean mayExtend) {
        if (session.isGone()) {
            throw events.gone(session.id());
        }
        Change change = session.change();
        try {
            if (session.isNew()) {
                takeOver(session, commits.create(change));
            } else if (!change.isEmptyFor(session.state())) {
                takeOver(session, commits.update(session.state(), change));
            } else if (mayExtend) {
                extend(session);
            }
        } catch (SessionGoneException e) {
            ifUndone(session);
            session.gone();
            throw e;
        }
    }

    private void takeOver(TrackedSession session, State stored) {
        ifUndone(session);
        session.committed(stored);
    }

    /** Resets the session if the application's transaction rolls back what was just written. */
    private void ifUndone(TrackedSession session) {
        if (!states.writesAreFinal()) {
            states.ifUndone(session.undo());
        }
    }

    /** Slides the expiry if that is due. A request that only read never fails because of it. */
    private void extend(TrackedSession session) {
        Instant now = timeouts.clock().instant();
        if (now.isBefore(session.nextExtension())) {
            return;
        }
        try {
            session.extended(commits.extend(session.state()));
        } catch (SessionUnavailableException dropped) {
            // A store that is down may take its whole timeout to fail, so the
            // next commit of this request does not try again.
            session.nextExtension(now.plus(PAUSE_OF_EXTENSIONS));
        }
    }

    @Override
    public String destroySession(Session session) {
        return destroySession(session, UnaryOperator.identity());
    }

    @Override
    public String destroySession(Session session, UnaryOperator<SessionCookie> override) {
        TrackedSession own = own(session);
        own.destroyableIds().forEach(states::delete);
        ifUndone(own);
        own.destroyed();
        return override.apply(cookie).header("", Duration.ZERO);
    }

    @Override
    public Sessions sessions() {
        return states.sessions();
    }

    /**
     * The settings, as logged at startup. Another project's repository appears by its class name, because its own text may show
     * a secret.
     */
    @Override
    public String toString() {
        return "SessionStorage[repository=" + states + ", cookie=" + cookie + ", idleTimeout=" + timeouts.idle()
                + ", absoluteTimeout=" + timeouts.absolute() + "]";
    }

    /** The ids of the cookies that verify, each once. */
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

    private TrackedSession own(Session session) {
        if (session instanceof DelegatingSession delegating) {
            return own(delegating.delegate());
        }
        if (session instanceof TrackedSession own && own.belongsTo(this)) {
            return own;
        }
        throw new IllegalArgumentException("The session was not made by this SessionStorage");
    }
}
