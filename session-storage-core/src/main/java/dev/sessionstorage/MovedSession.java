package dev.sessionstorage;

/**
 * The session of a request whose cookie has an id from before a rotation. Every use throws: the request may neither use the
 * session nor start another one.
 */
final class MovedSession extends DelegatingSession {

    @Override
    protected Session delegate() {
        throw SessionConflictException.moved();
    }

    @Override
    public String id() {
        return "";
    }

    @Override
    public boolean isNew() {
        return true;
    }

    @Override
    public String toString() {
        return "Session[moved]";
    }
}
