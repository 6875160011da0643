package dev.sessionstorage.redis;

import io.lettuce.core.ReadFrom;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Three masters, each with a replica: local processes on loopback ports. */
public final class RedisCluster implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;
    /** Lower, because the servers talk to each other on a port that is higher by 10,000. */
    private static final int HIGHEST_PORT = 55_000;

    private final List<RedisProcess> servers = new ArrayList<>();

    /** Starts a cluster that is ready when this returns. */
    public RedisCluster() throws IOException {
        for (int i = 0; i < 2 * MASTERS; i++) {
            servers.add(RedisProcess.start(
                    freePort(),
                    "--cluster-enabled",
                    "yes",
                    "--cluster-node-timeout",
                    "1000",
                    "--repl-diskless-sync",
                    "yes",
                    "--repl-diskless-sync-delay",
                    "0"));
        }
        for (int i = 0; i < MASTERS; i++) {
            send(i, "CLUSTER ADDSLOTS " + slots(i));
        }
        for (int i = 1; i < servers.size(); i++) {
            send(i, "CLUSTER MEET " + HOST + " " + servers.get(0).port());
        }
        await("cluster_known_nodes:" + servers.size());
        for (int i = 0; i < MASTERS; i++) {
            send(MASTERS + i, "CLUSTER REPLICATE " + id(i));
        }
        await("cluster_state:ok");
        for (int i = 0; i < MASTERS; i++) {
            RedisWire.await(servers.get(MASTERS + i).port(), "INFO replication", "master_link_status:up"::equals);
        }
    }

    /** Returns a started connection factory that notices a failover. The caller destroys it. */
    LettuceConnectionFactory connect() {
        return connect(
                ClusterTopologyRefreshOptions.builder()
                        .adaptiveRefreshTriggersTimeout(Duration.ofMillis(200))
                        .enablePeriodicRefresh(Duration.ofMillis(500))
                        .build(),
                ReadFrom.UPSTREAM);
    }

    /** Returns a started connection factory that never notices a moved slot, so that the servers redirect each command. */
    LettuceConnectionFactory connectOnce() {
        return connect(
                ClusterTopologyRefreshOptions.builder()
                        .disableAllAdaptiveRefreshTriggers()
                        .build(),
                ReadFrom.UPSTREAM);
    }

    /** Returns a started connection factory that reads from replicas only, as an application may. */
    LettuceConnectionFactory connectToReplicas() {
        return connect(ClusterTopologyRefreshOptions.create(), ReadFrom.REPLICA);
    }

    private LettuceConnectionFactory connect(ClusterTopologyRefreshOptions refresh, ReadFrom readFrom) {
        LettuceClientConfiguration client = LettuceClientConfiguration.builder()
                .clientOptions(ClusterClientOptions.builder()
                        .topologyRefreshOptions(refresh)
                        .build())
                .commandTimeout(Duration.ofSeconds(1))
                .readFrom(readFrom)
                .build();
        LettuceConnectionFactory factory = new LettuceConnectionFactory(new RedisClusterConfiguration(nodes()), client);
        factory.afterPropertiesSet();
        factory.start();
        return factory;
    }

    /** The host and port of each server. */
    public List<String> nodes() {
        return servers.stream().map(server -> HOST + ":" + server.port()).toList();
    }

    /** The master, counted from 0, that has a key, unless the key was moved. */
    public int master(String key) {
        int slot = SlotHash.getSlot(key);
        return IntStream.range(0, MASTERS)
                .filter(i -> slot < firstSlot(i + 1))
                .findFirst()
                .orElseThrow();
    }

    /** Begins to move a key's slot, with this key, to the next master. From now on the old master answers ASK. */
    void beginMove(String key) throws IOException {
        int from = master(key);
        int to = (from + 1) % MASTERS;
        String slot = "CLUSTER SETSLOT " + SlotHash.getSlot(key);
        send(to, slot + " IMPORTING " + id(from));
        send(from, slot + " MIGRATING " + id(to));
        send(from, "MIGRATE " + HOST + " " + servers.get(to).port() + " " + key + " 0 5000");
    }

    /** Ends the move. From now on the old master answers MOVED. */
    void endMove(String key) throws IOException {
        int to = (master(key) + 1) % MASTERS;
        // The new master first, so that the old one does not take the slot back.
        for (int i = 0; i < MASTERS; i++) {
            send((to + i) % MASTERS, "CLUSTER SETSLOT " + SlotHash.getSlot(key) + " NODE " + id(to));
        }
    }

    /** The ports of the replicas. */
    List<Integer> replicas() {
        return servers.stream().skip(MASTERS).map(RedisProcess::port).toList();
    }

    /** Waits until each replica has as many keys as its master. */
    public void awaitReplicas() throws IOException {
        for (int i = 0; i < MASTERS; i++) {
            RedisWire.awaitAsManyKeys(
                    servers.get(i).port(), servers.get(MASTERS + i).port());
        }
    }

    /** Kills a master, as {@code kill -9} does. */
    public void kill(int master) {
        servers.get(master).kill();
    }

    private static int freePort() {
        int port = RedisProcess.freePort();
        while (port > HIGHEST_PORT) {
            port = RedisProcess.freePort();
        }
        return port;
    }

    private static String slots(int master) {
        return IntStream.range(firstSlot(master), firstSlot(master + 1))
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(" "));
    }

    private static int firstSlot(int master) {
        return master * SLOTS / MASTERS;
    }

    private String id(int server) throws IOException {
        try (RedisWire wire = wire(server)) {
            wire.send("CLUSTER MYID");
            return wire.nextLine();
        }
    }

    private void send(int server, String command) throws IOException {
        try (RedisWire wire = wire(server)) {
            String answer = wire.send(command);
            if (!answer.equals("+OK")) {
                throw new IOException(answer);
            }
        }
    }

    private void await(String line) throws IOException {
        for (RedisProcess server : servers) {
            RedisWire.await(server.port(), "CLUSTER INFO", line::equals);
        }
    }

    private RedisWire wire(int server) throws IOException {
        return new RedisWire(HOST, servers.get(server).port());
    }

    @Override
    public void close() {
        servers.forEach(RedisProcess::close);
    }
}
