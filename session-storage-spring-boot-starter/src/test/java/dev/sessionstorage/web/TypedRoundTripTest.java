package dev.sessionstorage.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.MutablePropertyValues;
import org.springframework.context.support.DefaultMessageSourceResolvable;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Sort;
import org.springframework.validation.BeanPropertyBindingResult;
import org.springframework.validation.BindingResult;
import org.springframework.validation.DataBinder;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/** Flash and model attributes come back equal, or are refused when they are stored. */
class TypedRoundTripTest {

    private final TypedJson json =
            new TypedJson(new AllowedTypes(List.of("dev.sessionstorage.web", "org.springframework.data.domain")));

    enum Size {
        SMALL,
        LARGE;

        @Override
        public String toString() {
            return "size";
        }
    }

    record Item(String name, Size size, BigDecimal price) {}

    interface Part {}

    record Bolt(int length) implements Part {}

    record Nut(int width) implements Part {}

    record Kit(List<Part> parts, @Nullable Object extra, Optional<Part> first) {}

    /** Properties that forms declare as interfaces or abstract classes. */
    record Choices(
            Set<String> tags,
            SortedSet<Integer> ranks,
            Collection<Size> sizes,
            Queue<String> line,
            SortedMap<String, Item> items,
            Map<Size, Integer> counts,
            TimeZone zone,
            Number sum) {}

    static final class OrderForm {
        private String name = "";
        private int count;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        public int getCount() {
            return count;
        }

        public void setCount(int count) {
            this.count = count;
        }
    }

    @SuppressWarnings("JdkObsolete")
    static Stream<Object> values() {
        Item item = new Item("pen", Size.LARGE, new BigDecimal("1.10"));
        return Stream.of(
                "text",
                7,
                7L,
                1.5,
                new BigDecimal("19.90"),
                Size.LARGE,
                item,
                List.of(item, item),
                Arrays.asList(item, null),
                new Item[] {item},
                new String[] {"a", "b"},
                new int[] {1, 2},
                Set.of(item),
                Map.of("a", item),
                Map.of("a", 1L, "b", "text", "c", LocalDate.of(2026, 1, 1), "d", item),
                List.of(1L, 2, "a", item),
                new LinkedHashMap<>(Map.of(Size.SMALL, List.of(item))),
                Map.of(7L, "a"),
                new TreeMap<>(Map.of(7L, "a", 8L, "b")),
                new HashMap<>(Collections.singletonMap(null, "a")),
                new Choices(
                        Set.of("a"),
                        new TreeSet<>(Set.of(2, 1)).headSet(9),
                        Collections.nCopies(2, Size.LARGE),
                        new LinkedList<>(List.of("a")),
                        Collections.checkedSortedMap(new TreeMap<>(Map.of("a", item)), String.class, Item.class),
                        new EnumMap<>(Map.of(Size.SMALL, 1)),
                        TimeZone.getTimeZone("Asia/Tokyo"),
                        new BigDecimal("1.10")),
                Map.of(LocalDate.of(2026, 1, 1), item),
                Optional.of(item),
                Optional.of("a"),
                UUID.fromString("3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
                DayOfWeek.MONDAY,
                ZonedDateTime.parse("2026-01-02T23:30:00.123456789+09:00[Asia/Tokyo]"),
                OffsetDateTime.parse("2026-01-02T03:04:05-11:30"),
                List.of(new Bolt(1), new Nut(2)),
                new Kit(List.of(new Bolt(1), new Nut(2)), new Bolt(3), Optional.of(new Nut(4))),
                new Kit(List.of(), 7L, Optional.empty()),
                PageRequest.of(
                        2,
                        20,
                        Sort.by(Sort.Order.desc("name"), Sort.Order.asc("id").ignoreCase())),
                Sort.by("name"),
                Stream.of(item).toList(),
                new LinkedHashMap<>(Map.of("a", item)).values());
    }

    @ParameterizedTest
    @MethodSource("values")
    void whatWasTakenComesBack(Object value) {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("America/St_Johns"));
        try {
            Object read = Objects.requireNonNull(json.read("v", json.write("v", value)));
            boolean isView = value instanceof java.util.Collection && !(value instanceof List || value instanceof Set);
            assertThat(read).isEqualTo(isView ? List.copyOf((java.util.Collection<?>) value) : value);
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    void whatIsNotAllowedIsRefusedWithItsPathAndWhatToDo() {
        TypedJson strict = new TypedJson(new AllowedTypes(List.of()));

        for (Object value : List.of(new Bolt(1), List.of(new Bolt(1)), Map.of("secret-value", new Bolt(1)))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> strict.write("flash attribute 'v'", value))
                    .withMessageContaining("'v'")
                    .withMessageContaining(Bolt.class.getName())
                    .withMessageContaining("session.allowed-types")
                    .satisfies(e -> assertThat(e).message().doesNotContain("secret-value"));
        }
    }

    @Test
    void theErrorsOfAFormComeBackOverARedirect() {
        OrderForm form = new OrderForm();
        DataBinder binder = new DataBinder(form, "order");
        binder.bind(new MutablePropertyValues(Map.of("name", "pen", "count", "many")));
        BindingResult result = binder.getBindingResult();
        result.addError(new FieldError(
                "order",
                "name",
                "pen",
                false,
                new String[] {"Size.order.name", "Size"},
                new Object[] {new DefaultMessageSourceResolvable(new String[] {"order.name", "name"}, "name"), 40, 5L},
                "between 5 and 40"));
        result.addError(new ObjectError("order", new String[] {"Late"}, null, "too late"));

        BindingResult read = (BindingResult) Objects.requireNonNull(json.read("v", json.write("v", result)));

        assertThat(read).isInstanceOf(BeanPropertyBindingResult.class);
        assertThat(read.getObjectName()).isEqualTo("order");
        assertThat(read.getErrorCount()).isEqualTo(3);
        assertThat(read.getFieldValue("count")).isEqualTo("many");
        assertThat(read.getFieldValue("name")).isEqualTo("pen");
        assertThat(read.getTarget()).isInstanceOfSatisfying(OrderForm.class, target -> assertThat(target.getName())
                .isEqualTo("pen"));
        for (int i = 0; i < 3; i++) {
            ObjectError in = result.getAllErrors().get(i);
            ObjectError out = read.getAllErrors().get(i);
            assertThat(out.getCodes()).isEqualTo(in.getCodes());
            assertThat(out.getDefaultMessage()).isEqualTo(in.getDefaultMessage());
        }
        FieldError name = read.getFieldErrors("name").get(0);
        assertThat(name.getArguments()).hasSize(3).contains(40, 5L);
        assertThat(Objects.requireNonNull(name.getArguments())[0])
                .isInstanceOfSatisfying(DefaultMessageSourceResolvable.class, field -> assertThat(field.getCodes())
                        .containsExactly("order.name", "name"));
        assertThat(Objects.requireNonNull(read.getFieldError("count")).isBindingFailure())
                .isTrue();
    }
}
