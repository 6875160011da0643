package dev.sessionstorage.sample;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The products for sale. */
@Component
class Catalogue {

    private static final List<Product> PRODUCTS = List.of(
            new Product("notebook", "Field notebook", "128 dotted pages, lies flat", new Price(1450)),
            new Product("pencils", "Cedar pencils", "A set of three: H, HB and 2B", new Price(690)),
            new Product("ink", "Bottled ink", "50 ml, dries blue-black", new Price(1800)),
            new Product("letters", "Letter set", "12 sheets and envelopes", new Price(1190)),
            new Product("tape", "Paper tape", "Tears clean, peels clean", new Price(420)),
            new Product("ruler", "Beech ruler", "20 cm, with a brass edge", new Price(850)));

    List<Product> products() {
        return PRODUCTS;
    }

    @Nullable
    Product find(String id) {
        return PRODUCTS.stream()
                .filter(product -> product.id().equals(id))
                .findFirst()
                .orElse(null);
    }
}
