package dev.sessionstorage.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.test.HistoryOperation.Kind;
import dev.sessionstorage.test.HistoryOperation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Small histories, each correct or wrong in one way. Times are made up; a write commits when it is invoked. */
class HistoryCheckerTest {

    private static final String ID = "first-id-of-the-session";
    private static final String NEXT_ID = "other-id-of-the-session";

    private final List<HistoryOperation> history = new ArrayList<>();

    @Test
    void aHistoryInWhichAllIsWellHasNoViolation() {
        create("a");
        ok(Kind.APPEND, "b", 10, 12);
        ok(Kind.BLIND_SET, "c", 10, 13);
        sees(read(20, 22), List.of("a", "b"), Set.of("c"));
        end(Kind.DESTROY, Outcome.OK, 30, 32);
        findsNothing(40, 42);

        assertThat(HistoryChecker.violations(history)).isEmpty();
    }

    @Test
    void anAcknowledgedWriteIsSeenByEveryLaterRead() {
        create("a");
        ok(Kind.APPEND, "b", 10, 12);
        sees(read(13, 15), List.of("a"), Set.of());

        assertViolation("An acknowledged write is missing");
    }

    @Test
    void aReadAtTheSameTimeMayMissAWrite() {
        create("a");
        ok(Kind.APPEND, "b", 10, 14);
        sees(read(13, 15), List.of("a"), Set.of());

        assertThat(HistoryChecker.violations(history)).isEmpty();
    }

    @Test
    void aWriteOfUnknownOutcomeMayBeThereOrNot() {
        create("a");
        operation(Kind.APPEND, "b", ID, Outcome.UNKNOWN, 10, 12);
        operation(Kind.APPEND, "c", ID, Outcome.UNKNOWN, 10, 12);
        sees(read(13, 15), List.of("a"), Set.of());
        sees(read(16, 17), List.of("a", "c"), Set.of());

        assertThat(HistoryChecker.violations(history)).isEmpty();
    }

    @Test
    void aWriteOfUnknownOutcomeThatWasSeenStays() {
        create("a");
        operation(Kind.BLIND_SET, "b", ID, Outcome.UNKNOWN, 10, 12);
        sees(read(13, 15), List.of("a"), Set.of("b"));
        sees(read(16, 17), List.of("a"), Set.of());

        assertViolation("A write that somebody had seen is missing later");
    }

    @Test
    void aWriteThatWasRefusedIsNotVisible() {
        create("a");
        operation(Kind.APPEND, "b", ID, Outcome.FAILED, 10, 12);
        sees(read(13, 15), List.of("a", "b"), Set.of());

        assertViolation("A write that had been refused is visible");
    }

    @Test
    void anAppendIsAppliedOnce() {
        create("a");
        operation(Kind.APPEND, "b", ID, Outcome.UNKNOWN, 10, 12);
        sees(read(13, 15), List.of("a", "b", "b"), Set.of());

        assertViolation("An append was applied twice");
    }

    @Test
    void allSeeAppendsInOneOrder() {
        create("a");
        ok(Kind.APPEND, "b", 10, 16);
        ok(Kind.APPEND, "c", 10, 16);
        sees(read(13, 15), List.of("a", "b"), Set.of());
        sees(read(20, 21), List.of("a", "c", "b"), Set.of());

        assertViolation("Two operations saw appends in different orders");
    }

    @Test
    void aCommitIsVisibleAsAWhole() {
        create("a");
        operation(Kind.APPEND_AND_SET, "b", ID, Outcome.UNKNOWN, 10, 12);
        sees(read(13, 15), List.of("a", "b"), Set.of());

        assertViolation("Half of a commit is visible");
    }

    @Test
    void aSessionShowsItsOwnWritesOnly() {
        create("a");
        operation(Kind.APPEND, "b", NEXT_ID, Outcome.OK, 10, 12);
        sees(read(13, 15), List.of("a", "b"), Set.of());

        assertViolation("A session shows a write that was never made to it");
    }

    @Test
    void whatWasWrittenBeforeARotationIsThereAfterIt() {
        create("a");
        ok(Kind.BLIND_SET, "b", 10, 12);
        rotate("c", 20, 22);
        sees(operation(Kind.READ, "r", NEXT_ID, Outcome.OK, 30, 32), List.of("a", "c"), Set.of());

        assertViolation("An acknowledged write is missing");
    }

    @Test
    void anIdThatWasRotatedDoesNotAnswer() {
        create("a");
        rotate("b", 10, 12);
        read(13, 15);

        assertViolation("An id answered after it had ended");
    }

    @Test
    void anIdMayAnswerWhileItIsDestroyed() {
        create("a");
        end(Kind.DESTROY, Outcome.OK, 10, 14);
        read(13, 15);

        assertThat(HistoryChecker.violations(history)).isEmpty();
    }

    @Test
    void aCommitAfterTheEndFails() {
        create("a");
        end(Kind.EXPIRE, Outcome.OK, 10, 14);
        ok(Kind.BLIND_SET, "b", 11, 20).committing = 15;

        assertViolation("A commit succeeded after its id had ended");
    }

    @Test
    void anIdThatWasFoundToBeGoneStaysGone() {
        create("a");
        end(Kind.DESTROY, Outcome.UNKNOWN, 10, 14);
        findsNothing(15, 16);
        read(17, 18);

        assertViolation("An id answered after it had ended");
    }

    @Test
    void anIdDoesNotEndByItself() {
        create("a");
        end(Kind.EXPIRE, Outcome.FAILED, 10, 14);
        findsNothing(15, 16);

        assertViolation("An id was gone though nobody had ended it");
    }

    @Test
    void anIdIsRotatedOrExpiredOnce() {
        create("a");
        rotate("b", 10, 14);
        end(Kind.EXPIRE, Outcome.OK, 10, 14);

        assertViolation("An id was ended twice");
    }

    @Test
    void aValueIsReplacedByOneSetAfterRead() {
        create("a");
        setAfterRead("b", null, Outcome.OK, 10, 12);
        setAfterRead("c", null, Outcome.OK, 11, 13);

        assertViolation("the chain forks");
    }

    @Test
    void aSetAfterReadOfUnknownOutcomeDoesNotForkTheChainUntilItIsSeen() {
        create("a");
        setAfterRead("b", null, Outcome.OK, 10, 12);
        setAfterRead("c", null, Outcome.UNKNOWN, 11, 13);
        assertThat(HistoryChecker.violations(history)).isEmpty();

        setAfterRead("d", "c", Outcome.OK, 20, 22);
        assertViolation("the chain forks");
    }

    @Test
    void theRegisterNeverGoesBack() {
        create("a");
        setAfterRead("b", null, Outcome.OK, 10, 12);
        setAfterRead("c", "b", Outcome.OK, 13, 14);
        seesRegister(read(15, 16), "b");

        assertViolation("The register went back in time");
    }

    @Test
    void aSetAfterReadThatWasRefusedIsNotVisible() {
        create("a");
        setAfterRead("b", null, Outcome.FAILED, 10, 12);
        seesRegister(read(15, 16), "b");

        assertViolation("A set-after-read that had been refused is visible");
    }

    @Test
    void aFlashValueIsConsumedOnce() {
        create("a");
        ok(Kind.FLASH, "b", 10, 11);
        ok(Kind.CONSUME, "c", 12, 14).consumed = "b";
        ok(Kind.CONSUME, "d", 13, 15).consumed = "b";

        assertViolation("A flash value was consumed twice");
    }

    @Test
    void aFlashValueIsNotVisibleAfterItsConsumption() {
        create("a");
        ok(Kind.FLASH, "b", 10, 11);
        ok(Kind.CONSUME, "c", 12, 14).consumed = "b";
        seesFlash(read(15, 16), "b");

        assertViolation("A flash value is visible after its consumption");
    }

    @Test
    void aFlashValueIsNotVisibleAfterItWasReplaced() {
        create("a");
        ok(Kind.FLASH, "b", 10, 11);
        ok(Kind.FLASH, "c", 12, 14);
        seesFlash(read(15, 16), "b");

        assertViolation("A flash value is visible after another one has replaced it");
    }

    @Test
    void aFlashValueThatNobodyStoredIsNotVisible() {
        create("a");
        operation(Kind.FLASH, "b", ID, Outcome.FAILED, 10, 11);
        seesFlash(read(15, 16), "b");

        assertViolation("A flash value that was never stored is visible");
    }

    @Test
    void aFlashValueWaitsUntilItIsConsumed() {
        create("a");
        ok(Kind.FLASH, "b", 10, 11);
        seesFlash(read(15, 16), null);

        assertViolation("An acknowledged flash value is missing");
    }

    @Test
    void aSentenceShowsShortHashesOnly() {
        create("a");
        findsNothing(15, 16);

        assertViolation("first-id");
        assertThat(HistoryChecker.violations(history).toString()).doesNotContain(ID);
    }

    private void assertViolation(String sentence) {
        assertThat(HistoryChecker.violations(history))
                .singleElement()
                .asString()
                .contains(sentence);
    }

    private void create(String token) {
        HistoryOperation create = new HistoryOperation(Kind.CREATE, token);
        create.outcome = Outcome.OK;
        create.newCookie = new HistoryCookie(ID, "");
        create.invoked = 1;
        create.committing = 1;
        create.completed = 2;
        history.add(create);
    }

    private HistoryOperation operation(
            Kind kind, String token, String id, Outcome outcome, long invoked, long completed) {
        HistoryOperation operation = new HistoryOperation(kind, token);
        operation.id = id;
        operation.found = true;
        operation.outcome = outcome;
        operation.invoked = invoked;
        operation.read = invoked;
        operation.committing = invoked;
        operation.completed = completed;
        history.add(operation);
        return operation;
    }

    private HistoryOperation ok(Kind kind, String token, long invoked, long completed) {
        return operation(kind, token, ID, Outcome.OK, invoked, completed);
    }

    private HistoryOperation read(long invoked, long completed) {
        return ok(Kind.READ, "read-" + invoked, invoked, completed);
    }

    private void rotate(String token, long invoked, long completed) {
        ok(Kind.ROTATE, token, invoked, completed).newCookie = new HistoryCookie(NEXT_ID, "");
    }

    private void end(Kind kind, Outcome outcome, long invoked, long completed) {
        operation(kind, "end-" + invoked, ID, outcome, invoked, completed);
    }

    private void findsNothing(long invoked, long completed) {
        HistoryOperation read = read(invoked, completed);
        read.found = false;
        read.gone = true;
    }

    private void setAfterRead(String token, @Nullable String previous, Outcome outcome, long invoked, long completed) {
        HistoryOperation write = operation(Kind.SET_AFTER_READ, token, ID, outcome, invoked, completed);
        write.previous = previous;
        if (outcome == Outcome.OK) {
            seesRegister(write, token);
        }
    }

    private static void sees(HistoryOperation operation, List<String> list, Set<String> blindSets) {
        Set<String> attributes =
                Set.of(blindSets.stream().map(HistoryOperation::attribute).toArray(String[]::new));
        operation.state =
                new HistoryState(list, attributes, null, null, false, 0, operation.invoked, operation.completed);
    }

    private static void seesRegister(HistoryOperation operation, String token) {
        operation.state =
                new HistoryState(List.of("a"), Set.of(), token, null, false, 0, operation.invoked, operation.completed);
    }

    private static void seesFlash(HistoryOperation operation, @Nullable String token) {
        operation.state =
                new HistoryState(List.of("a"), Set.of(), null, token, true, 0, operation.invoked, operation.completed);
    }
}
