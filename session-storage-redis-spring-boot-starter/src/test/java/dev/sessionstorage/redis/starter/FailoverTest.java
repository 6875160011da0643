package dev.sessionstorage.redis.starter;

import dev.sessionstorage.redis.RedisCluster;
import dev.sessionstorage.redis.RedisSentinel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** Kills masters while many users work concurrently over real HTTP. Each user gets the correct session or a 503. */
@Timeout(120)
@Tag("slow")
class FailoverTest {

    private static final int USERS = 24;
    /** Each 503 would log a warning. */
    private static final String QUIET = "--logging.level.root=error";

    @Test
    void usersOfAClusterWorkOnAfterAMasterWasKilled() throws Exception {
        try (RedisCluster cluster = new RedisCluster();
                ServletWebServerApplicationContext application = CounterApplication.start(
                        "--spring.data.redis.cluster.nodes=" + String.join(",", cluster.nodes()),
                        "--spring.data.redis.lettuce.cluster.refresh.adaptive=true",
                        "--spring.data.redis.lettuce.cluster.refresh.period=2s",
                        "--spring.data.redis.timeout=1s",
                        QUIET)) {
            List<FailoverUser> users = logIn(application);
            Map<Integer, List<FailoverUser>> byMaster =
                    users.stream().collect(Collectors.groupingBy(user -> cluster.master(user.key())));
            int crowded = byMaster.entrySet().stream()
                    .max(Map.Entry.comparingByValue((one, other) -> Integer.compare(one.size(), other.size())))
                    .orElseThrow()
                    .getKey();
            cluster.awaitReplicas();

            Failover failover = Failover.of(users, () -> cluster.kill(crowded));

            failover.assertSound("A cluster of three masters", user -> cluster.master(user.key()) == crowded);
        }
    }

    @Test
    void usersOfASentinelWorkOnAfterTheMasterWasKilled() throws Exception {
        try (RedisSentinel sentinel = new RedisSentinel();
                ServletWebServerApplicationContext application = CounterApplication.start(
                        "--spring.data.redis.sentinel.master=" + RedisSentinel.MASTER,
                        "--spring.data.redis.sentinel.nodes=" + sentinel.address(),
                        "--spring.data.redis.timeout=1s",
                        QUIET)) {
            List<FailoverUser> users = logIn(application);
            sentinel.awaitReplica();

            Failover failover = Failover.of(users, sentinel::killMaster);

            failover.assertSound("A master with a Sentinel", user -> true);
        }
    }

    private static List<FailoverUser> logIn(ServletWebServerApplicationContext application) throws Exception {
        CounterClient client = new CounterClient(application.getWebServer().getPort());
        List<FailoverUser> users = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            users.add(new FailoverUser(client, "user" + i));
        }
        return users;
    }
}
