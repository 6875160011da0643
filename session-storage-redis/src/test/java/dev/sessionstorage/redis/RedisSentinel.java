package dev.sessionstorage.redis;

import java.io.IOException;

/** A master, its replica and a Sentinel that decides alone: local processes on loopback ports. */
public final class RedisSentinel implements AutoCloseable {

    /** The Sentinel's name for the master. */
    public static final String MASTER = "sessions";

    private static final String HOST = "127.0.0.1";

    private final RedisProcess master;
    private final RedisProcess replica;
    private final RedisProcess sentinel;

    /** Starts the three, and returns when the Sentinel knows the others. */
    public RedisSentinel() throws IOException {
        master = RedisProcess.start();
        replica = RedisProcess.start("--replicaof", HOST, String.valueOf(master.port()));
        sentinel = RedisProcess.startSentinel(MASTER, master.port());
        RedisWire.await(replica.port(), "INFO replication", "master_link_status:up"::equals);
        RedisWire.await(
                sentinel.port(), "INFO sentinel", line -> line.contains("status=ok,") && line.contains("slaves=1"));
    }

    /** The Sentinel's host and port. */
    public String address() {
        return HOST + ":" + sentinel.port();
    }

    int replicaPort() {
        return replica.port();
    }

    /** Waits until the replica has as many keys as the master. */
    public void awaitReplica() throws IOException {
        RedisWire.awaitAsManyKeys(master.port(), replica.port());
    }

    /** Kills the master, as {@code kill -9} does. */
    public void killMaster() {
        master.kill();
    }

    @Override
    public void close() {
        sentinel.close();
        replica.close();
        master.close();
    }
}
