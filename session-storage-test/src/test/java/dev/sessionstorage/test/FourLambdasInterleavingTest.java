package dev.sessionstorage.test;

import dev.sessionstorage.SessionDataRepository;
import java.time.Clock;

class FourLambdasInterleavingTest extends InterleavingContract {

    @Override
    protected SessionDataRepository repository(Clock clock) {
        return FourLambdasTest.fourLambdas(clock);
    }
}
