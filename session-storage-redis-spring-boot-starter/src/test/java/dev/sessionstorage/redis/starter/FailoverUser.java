package dev.sessionstorage.redis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionId;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A user who reads and increments a counter, one request at a time, and keeps all answers. */
final class FailoverUser {

    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    private static final int PACE_MILLIS = 10;

    private final CounterClient client;
    private final String name;
    private final String cookie;
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

    /** Logs in. */
    FailoverUser(CounterClient client, String name) throws IOException, InterruptedException {
        this.client = client;
        this.name = name;
        this.cookie = CounterClient.cookie(client.send("POST", "/login?user=" + name, ""));
    }

    /** An answer with its count. Times are {@link System#nanoTime()}. */
    record Answer(boolean increments, long sent, long received, boolean ok, int count) {

        boolean acknowledges() {
            return increments && ok;
        }

        /** Returns how many acknowledged increments have been lost since an earlier answer. */
        int missingSince(Answer earlier) {
            return Math.max(0, earlier.count + (increments ? 1 : 0) - count);
        }
    }

    /** Returns the Redis key of the user's session. */
    String key() {
        return "session:" + SessionId.hash(CounterClient.id(cookie));
    }

    /** Reads and increments until told to stop. Fails on any answer that the user must not get. */
    void work(CountDownLatch end) throws IOException, InterruptedException {
        while (!end.await(PACE_MILLIS, TimeUnit.MILLISECONDS)) {
            request("GET", "/count");
            request("POST", "/visits");
        }
    }

    /** Reads once more. */
    Answer read() throws IOException, InterruptedException {
        return request("GET", "/count");
    }

    List<Answer> answers() {
        return List.copyOf(answers);
    }

    /** Returns how many of the increments sent after an instant were acknowledged. */
    long acknowledgedSince(long instant) {
        return answers.stream()
                .filter(Answer::acknowledges)
                .filter(answer -> answer.sent - instant > 0)
                .count();
    }

    @Override
    public String toString() {
        return name;
    }

    private Answer request(String method, String path) throws IOException, InterruptedException {
        long sent = System.nanoTime();
        HttpResponse<String> response = client.send(method, path, cookie);
        boolean ok = response.statusCode() == OK;
        int count = 0;
        assertThat(response.statusCode()).as(response.body()).isIn(OK, UNAVAILABLE);
        assertThat(response.headers().firstValue("Set-Cookie"))
                .as("a new session of " + name)
                .isEmpty();
        if (ok) {
            // An anonymous session would be "null null", or "null 1" after an increment.
            assertThat(response.body()).as("answer to " + name).matches(name + " (\\d+|null)");
            String text = response.body().substring(name.length() + 1);
            count = text.equals("null") ? 0 : Integer.parseInt(text);
        }
        Answer answer = new Answer(method.equals("POST"), sent, System.nanoTime(), ok, count);
        answers.add(answer);
        return answer;
    }
}
