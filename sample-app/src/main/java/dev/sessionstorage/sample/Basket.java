package dev.sessionstorage.sample;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.sessionstorage.Session;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The quantity of each product, as the session keeps it: a plain JSON object from product id to quantity. */
record Basket(@JsonValue Map<String, Integer> quantities) {

    static final int MOST_OF_ONE = 99;

    private static final String ATTRIBUTE = "basket";

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    Basket {
        quantities = Collections.unmodifiableMap(new LinkedHashMap<>(quantities));
    }

    static Basket of(Session session) {
        return orEmpty(session.get(ATTRIBUTE, Basket.class));
    }

    /** Adds to the session's basket, or removes from it if the number is negative. Concurrent clicks are all counted. */
    static void add(Session session, Product product, int number) {
        session.update(ATTRIBUTE, Basket.class, basket -> orEmpty(basket).with(product.id(), number));
    }

    int quantity(String productId) {
        return quantities.getOrDefault(productId, 0);
    }

    int size() {
        return quantities.values().stream().mapToInt(Integer::intValue).sum();
    }

    private Basket with(String productId, int number) {
        Map<String, Integer> changed = new LinkedHashMap<>(quantities);
        int quantity = Math.min(quantity(productId) + number, MOST_OF_ONE);
        if (quantity > 0) {
            changed.put(productId, quantity);
        } else {
            changed.remove(productId);
        }
        return new Basket(changed);
    }

    private static Basket orEmpty(@Nullable Basket basket) {
        return basket == null ? new Basket(Map.of()) : basket;
    }
}
