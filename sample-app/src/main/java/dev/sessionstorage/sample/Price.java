package dev.sessionstorage.sample;

import java.util.Locale;

/** An amount of money, in cents. */
record Price(int cents) {

    Price plus(Price other) {
        return new Price(cents + other.cents);
    }

    Price times(int quantity) {
        return new Price(cents * quantity);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "€%d.%02d", cents / 100, cents % 100);
    }
}
