package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.annotation.JsonBackReference;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonManagedReference;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.File;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.AbstractList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.ParameterizedTypeReference;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.util.TokenBuffer;

/** Every value comes back equal and of the same class, or is refused. */
@SuppressWarnings({"UnusedVariable", "JavaUtilDate", "DoNotCallSuggester"})
class RoundTripTest {

    private final Scene scene = new Scene();

    enum Priority {
        URGENT,
        NORMAL,
        LOW;

        @Override
        public String toString() {
            return this == URGENT ? "high" : "usual";
        }
    }

    enum Planned {
        NOW {
            @Override
            int days() {
                return 0;
            }
        },
        SOON {
            @Override
            int days() {
                return 7;
            }
        };

        abstract int days();
    }

    enum Coded {
        @JsonProperty("n")
        NORTH,
        @JsonProperty("s")
        SOUTH
    }

    enum Numbered {
        ONE(1),
        TWO(2);

        private final int number;

        Numbered(int number) {
            this.number = number;
        }

        @JsonCreator
        static Numbered of(int number) {
            return number == 1 ? ONE : TWO;
        }

        @JsonValue
        int number() {
            return number;
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(Circle.class), @JsonSubTypes.Type(Square.class)})
    sealed interface Figure permits Circle, Square {}

    record Circle(int radius) implements Figure {}

    record Square(int side) implements Figure {}

    /** Nothing in the JSON tells which implementation it is. */
    interface Plain {}

    record PlainDot(int size) implements Plain {}

    record Drawing(List<Figure> figures, Map<String, Figure> named, Optional<Figure> first) {}

    record Box<T>(T content) {}

    record Pair<A, B>(A first, List<B> rest) {}

    record Holder(@Nullable Object any) {}

    record PlainHolder(List<Plain> all) {}

    /** As generated by Lombok's @Value @Builder: no Jackson annotation, no public constructor. */
    static final class Built {
        private final String name;
        private final List<Integer> sizes;

        private Built(Builder builder) {
            this.name = builder.name;
            this.sizes = List.copyOf(builder.sizes);
        }

        static Builder builder() {
            return new Builder();
        }

        public String getName() {
            return name;
        }

        public List<Integer> getSizes() {
            return sizes;
        }

        static final class Builder {
            private String name = "";
            private final List<Integer> sizes = new ArrayList<>();

            Builder name(String name) {
                this.name = name;
                return this;
            }

            Builder size(int size) {
                sizes.add(size);
                return this;
            }

            Built build() {
                return new Built(this);
            }
        }
    }

    /** Its constructor's parameters do not match its fields: it renames, trims or converts them. */
    static class Member {
        private final Long id;
        private final String email;
        private final String hash;
        private transient int calls;

        Member(Long number, String email, String password) {
            this.id = number;
            this.email = email.trim();
            this.hash = "hash of " + password;
        }

        public String getEmail() {
            calls++;
            return email.toUpperCase(Locale.ROOT);
        }
    }

    static final class Employee extends Member {
        private final String desk;

        Employee(Long number, String email, String password, String desk) {
            super(number, email, password);
            this.desk = desk;
        }

        public String getDesk() {
            return "Desk " + desk;
        }

        public String getSecret() {
            throw new IllegalStateException("computed");
        }
    }

    static final class Equipped {
        private @Nullable String name;
        private int count;

        public void setName(String name) {
            this.name = "set " + name;
        }

        public void count(int more) {
            count += more;
        }
    }

    static final class Forgetful {
        private final String name;

        @JsonIgnore
        private final String password;

        private final transient String cache;

        Forgetful(String name, String password) {
            this.name = name;
            this.password = password;
            this.cache = name + password;
        }

        public String getName() {
            return name;
        }

        public String all() {
            return password + cache;
        }
    }

    /** Like Spring Data's Sort. */
    static final class Sorting implements Iterable<String> {
        private final List<String> orders;

        Sorting(String... orders) {
            this.orders = List.of(orders);
        }

        @Override
        public Iterator<String> iterator() {
            return orders.iterator();
        }

        public boolean isSorted() {
            return !orders.isEmpty();
        }
    }

    record Email(@JsonValue String text) {}

    static final class Range implements Comparable<Range> {
        private final int from;
        private final int to;

        Range(int from, int to) {
            this.from = from;
            this.to = to;
        }

        @Override
        public int compareTo(Range other) {
            return Integer.compare(from, other.from);
        }
    }

    /** Its accessors return something other than its fields. */
    record Nick(@Nullable String name, @Nullable List<String> tags) {
        @Override
        public String name() {
            return name == null ? "nobody" : name.toUpperCase(Locale.ROOT);
        }

        @Override
        public List<String> tags() {
            return tags == null ? List.of() : tags;
        }
    }

    record Draft(ObjectNode content) {}

    /** Not a builder, despite the name of its method. */
    static final class House {
        private int floors;

        House(int number) {
            this.floors = number;
        }

        House build() {
            floors++;
            return this;
        }
    }

    /** Like collections of Guava and Hibernate: Jackson cannot create it. */
    static final class Fixed<E> extends AbstractList<E> {
        private final List<E> elements;

        Fixed(List<E> elements) {
            this.elements = elements;
        }

        @Override
        public E get(int index) {
            return elements.get(index);
        }

        @Override
        public int size() {
            return elements.size();
        }
    }

    /** Like Hibernate's after the transaction. */
    static final class Lazy extends AbstractList<String> {
        @Override
        public String get(int index) {
            throw new IllegalStateException("secret-value");
        }

        @Override
        public int size() {
            throw new IllegalStateException("secret-value");
        }
    }

    /** Has a field besides its elements. */
    static final class Basket extends ArrayList<String> {
        private @Nullable String coupon;

        static Basket of(String item, @Nullable String coupon) {
            Basket basket = new Basket();
            basket.add(item);
            basket.coupon = coupon;
            return basket;
        }
    }

    /** Like Guava's multimaps. */
    static final class Grouped {
        private final transient Map<String, String> groups;

        Grouped(Map<String, String> all) {
            this.groups = all;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Grouped that && Objects.equals(groups, that.groups);
        }

        @Override
        public int hashCode() {
            return Objects.hashCode(groups);
        }
    }

    /** A key whose text form loses information. */
    record Sku(String code) {
        @Override
        public String toString() {
            return code.toLowerCase(Locale.ROOT);
        }
    }

    static final class Tree {
        private @Nullable Tree parent;
        private final List<Tree> children = new ArrayList<>();

        static Tree of(Tree child) {
            Tree tree = new Tree();
            tree.children.add(child);
            child.parent = tree;
            return tree;
        }
    }

    static final class Folder {
        @JsonManagedReference
        private final List<Page> pages = new ArrayList<>();

        static Folder withPage() {
            Folder folder = new Folder();
            Page page = new Page();
            page.folder = folder;
            folder.pages.add(page);
            return folder;
        }
    }

    static final class Page {
        @JsonBackReference
        private @Nullable Folder folder;
    }

    static Stream<Object> values() throws Exception {
        GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone("Asia/Kolkata"));
        calendar.setTimeInMillis(1_700_000_000_123L);
        Date timestamp = java.sql.Timestamp.valueOf("2026-10-25 02:30:00.123456789");
        return Stream.of(
                Priority.NORMAL,
                Priority.LOW,
                Planned.SOON,
                Coded.SOUTH,
                Numbered.TWO,
                List.of(Priority.LOW, Priority.NORMAL),
                Map.of(Priority.LOW, 1, Priority.NORMAL, 2),
                new EnumMap<>(Map.of(DayOfWeek.SUNDAY, "closed")),
                EnumSet.of(Priority.LOW, Priority.URGENT),
                Map.of(DayOfWeek.MONDAY, List.of(LocalTime.NOON)),
                ZonedDateTime.parse("2026-01-02T23:30:00.123456789+09:00[Asia/Tokyo]"),
                ZonedDateTime.parse("2026-10-25T02:30+01:00[Europe/Berlin]"),
                ZonedDateTime.parse("2026-10-25T02:30+02:00[Europe/Berlin]"),
                ZonedDateTime.parse("2026-01-02T23:30Z"),
                ZonedDateTime.parse("2026-01-02T23:30Z[UTC]"),
                ZonedDateTime.parse("2026-01-02T23:30+05:45"),
                OffsetDateTime.parse("2026-01-02T03:04:05.000000001-11:30"),
                OffsetTime.parse("10:15:30.123456789+01:00"),
                Instant.parse("2026-01-02T03:04:05.123456789Z"),
                LocalDateTime.parse("2026-01-02T03:04:05.123456789"),
                LocalTime.parse("00:00:00.000000001"),
                LocalDate.of(2026, 2, 28),
                Year.of(2026),
                YearMonth.of(2026, 1),
                MonthDay.of(2, 29),
                Period.of(1, -2, 3),
                Duration.parse("PT-1.000000001S"),
                DayOfWeek.FRIDAY,
                ZoneOffset.ofHours(3),
                new Date(1_700_000_000_123L),
                calendar,
                timestamp,
                new java.sql.Timestamp(1_700_000_000_123L),
                java.sql.Date.valueOf("2026-03-29"),
                new java.sql.Date(1_700_000_000_123L),
                java.sql.Time.valueOf("02:30:00"),
                Currency.getInstance("CHF"),
                Locale.forLanguageTag("zh-Hant-TW"),
                Locale.ROOT,
                Locale.GERMANY,
                TimeUnit.DAYS,
                UUID.fromString("3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
                URI.create("https://example.org/a?b=%20"),
                new URL("https://example.org/a"),
                InetAddress.getByAddress(new byte[] {127, 0, 0, 1}),
                // The host name must not be looked up.
                InetAddress.getByAddress("shop.invalid", new byte[] {10, 0, 0, 1}),
                InetAddress.getByName("2001:db8::1"),
                new File("a/b"),
                String.class,
                Optional.of("a"),
                Optional.of(new Circle(1)),
                OptionalInt.of(7),
                new byte[] {1, -2},
                new char[] {'a', 'ü'},
                new int[] {1, 2},
                new double[] {0.1, Double.NaN},
                new long[] {Long.MAX_VALUE},
                new String[] {"a", null},
                new Circle[] {new Circle(1)},
                new Figure[] {new Circle(1), new Square(2)},
                new int[][] {{1}, {}},
                new BitSet(),
                BitSet.valueOf(new long[] {5, 1L << 63}),
                new AtomicInteger(1),
                new AtomicLong(1L << 60),
                new AtomicBoolean(true),
                adder(7),
                doubleAdder(0.5),
                Pattern.compile("a+b"),
                Pattern.compile("a+b", Pattern.CASE_INSENSITIVE),
                Path.of("a/b"),
                Path.of("/a/b"),
                ZoneId.of("Europe/Berlin"),
                TimeZone.getTimeZone("Asia/Tokyo"),
                StandardCharsets.UTF_8,
                Charset.forName("ISO-8859-15"),
                new BigDecimal("1.10"),
                new BigDecimal("1E+3"),
                new BigInteger("123456789012345678901234567890"),
                7L,
                (short) 7,
                (byte) -7,
                1.1f,
                -0.0,
                Double.NaN,
                Double.NEGATIVE_INFINITY,
                Float.POSITIVE_INFINITY,
                List.of(7L),
                List.of(new BigDecimal("1.10")),
                Map.of("a", 5L, "b", 1L << 40),
                Map.of(1, "one", 2, "two"),
                Map.of(1L, "one"),
                Map.of(LocalDate.of(2026, 1, 1), List.of(new Circle(1))),
                Map.of(Locale.GERMANY, "de"),
                new TreeMap<>(Map.of("b", 1, "a", 2)),
                new TreeSet<>(List.of(3, 1)),
                new ArrayDeque<>(List.of(1, 2)),
                new LinkedHashSet<>(List.of(new Circle(2), new Circle(1))),
                new HashSet<>(List.of(Priority.LOW)),
                List.of(new Circle(1), new Square(2)),
                List.of(new Circle(1)),
                Map.of("a", new Circle(1), "b", new Square(2)),
                Map.of("a", List.of(new Circle(1), new Square(2))),
                List.of(Map.of("f", new Square(1))),
                new Drawing(
                        List.of(new Circle(1), new Square(2)), Map.of("a", new Square(3)), Optional.of(new Circle(4))),
                new Drawing(List.of(), Map.of(), Optional.empty()),
                new Box<>("text"),
                new Box<>(List.of(1, "a", true)),
                new Holder(null),
                new Holder(List.of(Map.of("a", 1))),
                new Email("a@example.org"),
                new LinkedHashMap<>(Map.of("a", List.of(1, 2.5), "b", "c")),
                Built.builder().name("a").size(1).size(2).build(),
                new Member(1L, "a@example.org", "x"),
                new Employee(1L, " a@example.org", "x", "7"),
                equipped(),
                new Nick(null, null),
                new Nick("robin", List.of()),
                new Draft(JsonMapper.shared().createObjectNode().put("id", 5L)),
                new House(2),
                new Fixed<>(List.of(5L)),
                new Fixed<>(List.of(new Circle(1), new Square(2))),
                Folder.withPage(),
                new Sorting("a", "b"),
                new Box<>(new Email("a@example.org")).content(),
                List.of(new Member(1L, "a@example.org", "x"), new Member(2L, "b@example.org", "y")));
    }

    private static Equipped equipped() {
        Equipped equipped = new Equipped();
        equipped.setName("a");
        equipped.count(2);
        return equipped;
    }

    private static LongAdder adder(long value) {
        LongAdder adder = new LongAdder();
        adder.add(value);
        return adder;
    }

    private static DoubleAdder doubleAdder(double value) {
        DoubleAdder adder = new DoubleAdder();
        adder.add(value);
        return adder;
    }

    @ParameterizedTest
    @MethodSource("values")
    void whatWasTakenComesBack(Object value) {
        for (String zone : List.of("UTC", "America/St_Johns", "Asia/Tokyo")) {
            TimeZone before = TimeZone.getDefault();
            TimeZone.setDefault(TimeZone.getTimeZone(zone));
            try {
                String cookie = scene.stored(session -> session.set("v", value));
                assertThat(read(cookie, value))
                        .usingRecursiveComparison()
                        .ignoringFieldsMatchingRegexes(".*calls")
                        .withEqualsForType((in, out) -> in.toString().equals(out.toString()), ObjectNode.class)
                        .withEqualsForType(InetAddress::equals, InetAddress.class)
                        .withEqualsForType(Double::equals, Double.class)
                        .withEqualsForType((in, out) -> in.sum() == out.sum(), LongAdder.class)
                        .withEqualsForType((in, out) -> in.sum() == out.sum(), DoubleAdder.class)
                        .withEqualsForType(
                                (in, out) -> in.pattern().equals(out.pattern()) && in.flags() == out.flags(),
                                Pattern.class)
                        .isEqualTo(value);
            } finally {
                TimeZone.setDefault(before);
            }
        }
    }

    static Stream<Arguments> refused() {
        List<Object> mixed = new ArrayList<>(List.of(1, new Member(1L, "a@example.org", "x")));
        TreeMap<String, Integer> ordered = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        ordered.put("a", 1);
        Object anonymous = new Object() {
            @Override
            public String toString() {
                return "secret-value";
            }
        };
        Supplier<String> lambda = () -> "secret-value";
        return Stream.of(
                Arguments.of(new Holder(LocalDate.of(2026, 1, 1)), "any is a java.time.LocalDate"),
                Arguments.of(new Holder(7L), "any is a java.lang.Long and comes back as a java.lang.Integer"),
                Arguments.of(new Holder(List.of(new PlainDot(1))), "any[0] is a "),
                Arguments.of(
                        Map.of("id", 5L, "name", "secret-value"),
                        "a java.lang.Integer, since nothing but its place says"),
                Arguments.of(
                        Map.of("n", new BigDecimal("0.1234567890123456789012345"), "s", "a"), "put it into a record"),
                Arguments.of(Collections.singletonMap(null, 1), "a map has the key null"),
                Arguments.of(Map.of(new Sku("A"), 1), "Sku"),
                Arguments.of(Basket.of("a", "secret-value"), "a collection with fields of its own"),
                Arguments.of(new Grouped(Map.of("a", "secret-value")), "transient fields"),
                Arguments.of(
                        Tree.of(new Tree()), "at children[0].parent.children[0].parent.children[0]…: it is too deep"),
                Arguments.of(Tree.of(new Tree()), "@JsonBackReference"),
                Arguments.of(new Lazy(), "does not give its elements: java.lang.IllegalStateException"),
                Arguments.of(new Box<>(new PlainDot(1)), "content is a "),
                Arguments.of(new PlainHolder(List.of(new PlainDot(1))), "at all[0]: "),
                Arguments.of(mixed, "[1] is a "),
                Arguments.of(Map.of("secret-value", LocalDate.EPOCH, "b", "c"), "[…] is a java.time.LocalDate"),
                Arguments.of(Map.of(new Circle(1), "secret-value"), "Key"),
                Arguments.of(ordered, "order of its own"),
                Arguments.of(
                        new Formatted(LocalDateTime.parse("2026-01-02T03:04")),
                        "at of class java.time.LocalDateTime comes back as another value"),
                Arguments.of(anonymous, "anonymous"),
                Arguments.of(lambda, "lambda"),
                Arguments.of(new Object(), "java.lang.Object"),
                Arguments.of(new Thread(() -> {}), "java.lang.Thread"));
    }

    record Formatted(@JsonFormat(pattern = "yyyy-MM-dd HH") LocalDateTime at) {}

    @ParameterizedTest
    @MethodSource("refused")
    void whatWouldComeBackAsSomethingElseIsRefused(Object value, String reason) {
        Session session = scene.storage.getSession();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> session.set("v", value))
                .withMessageContaining("'v'")
                .withMessageContaining(reason)
                .withNoCause()
                .satisfies(e -> assertThat(e).message().doesNotContain("secret-value"));
        assertThat(session.has("v")).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> session.flash("v", value));
    }

    @Test
    void whatIsMeantToStayBehindIsNotMissed() {
        String cookie = scene.stored(session -> session.set("v", new Forgetful("robin", "hunter2")));

        Forgetful read = Objects.requireNonNull(scene.storage.getSession(cookie).get("v", Forgetful.class));
        assertThat(read.getName()).isEqualTo("robin");
        assertThat(read.all()).isEqualTo("nullnull");
    }

    @Test
    void aMapperOfTheApplicationsOwnIsHeldToItToo() {
        Scene own = new Scene(builder -> builder.jsonMapper(JsonMapper.builder().build()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> own.storage.getSession().set("v", new Half("a", "secret-value")))
                .withMessageContaining("second comes back as null: give it a field, a getter")
                .satisfies(e -> assertThat(e).message().doesNotContain("secret-value"));
    }

    /** Jackson's defaults see only one of its fields. */
    static final class Half {
        private String first = "";
        private @Nullable String second;

        Half() {}

        Half(String first, String second) {
            this.first = first;
            this.second = second;
        }

        public String getFirst() {
            return first;
        }

        public void setFirst(String first) {
            this.first = first;
        }
    }

    @Test
    void anEmptyFirstValueDoesNotSpeakForAFullOne() {
        Session session = scene.storage.getSession();
        session.set("v", new Holder(null));
        session.set("v", new Holder("text"));
        session.set("v", new PlainHolder(List.of()));
        session.set("v", new Holder(1L << 40));

        for (Object value :
                List.of(new Holder(LocalDate.EPOCH), new PlainHolder(List.of(new PlainDot(1))), new Holder(1L))) {
            assertThatIllegalArgumentException().isThrownBy(() -> session.set("v", value));
        }
    }

    record Stamped(@JsonFormat(pattern = "yyyy-MM-dd HH:mm") LocalDateTime at) {}

    record Day(@JsonFormat(pattern = "yyyy-MM-dd") Date date) {}

    record Named(@JsonInclude(JsonInclude.Include.NON_EMPTY) String name) {}

    record Rounded(@JsonSerialize(using = ToWhole.class) BigDecimal amount) {}

    static final class ToWhole extends StdSerializer<BigDecimal> {
        ToWhole() {
            super(BigDecimal.class);
        }

        @Override
        public void serialize(BigDecimal value, JsonGenerator json, SerializationContext context) {
            json.writeNumber(value.intValue());
        }
    }

    static Stream<Arguments> harmlessAndNot() {
        return Stream.of(
                Arguments.of(
                        new Stamped(LocalDateTime.parse("2026-01-02T03:04")),
                        new Stamped(LocalDateTime.parse("2026-01-02T03:04:05"))),
                Arguments.of(new Day(new Date(0)), new Day(new Date(12_345))),
                Arguments.of(new Named("a"), new Named("")),
                Arguments.of(new Rounded(BigDecimal.ONE), new Rounded(new BigDecimal("1.5"))),
                Arguments.of(new Grouped(Map.of()), new Grouped(Map.of("a", "b"))),
                Arguments.of(Map.of(new Sku("a"), 1), Map.of(new Sku("A"), 1)),
                Arguments.of(Basket.of("a", null), Basket.of("a", "b")));
    }

    @ParameterizedTest
    @MethodSource("harmlessAndNot")
    void aValueThatComesBackDoesNotSpeakForOneThatDoesNot(Object harmless, Object other) {
        Session session = scene.storage.getSession();
        try {
            session.set("v", harmless);
        } catch (IllegalArgumentException refused) {
            // Refusing the value is fine, too.
        }
        assertThatIllegalArgumentException().isThrownBy(() -> session.set("v", other));
    }

    record Counted(Instant at, boolean active) {}

    @Test
    void anotherMapperThatDropsAPartOfSomeValuesIsSeenToDoSo() {
        Scene own = new Scene(builder -> builder.jsonMapper(SessionData.Json.mapper()
                .enable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(DateTimeFeature.WRITE_DATE_TIMESTAMPS_AS_NANOSECONDS)
                .build()));
        Session session = own.storage.getSession();
        session.set("v", new Counted(Instant.EPOCH, true));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> session.set("v", new Counted(Instant.EPOCH.plusNanos(1), true)))
                .withMessageContaining("at of class java.time.Instant comes back as another value");
    }

    @Test
    void anotherMapperHasNoSayInWhatIsJsonAlready() {
        Scene own = new Scene(builder -> builder.jsonMapper(SessionData.Json.mapper()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(JsonWriteFeature.WRITE_NUMBERS_AS_STRINGS)
                .enable(SerializationFeature.WRAP_ROOT_VALUE)
                .build()));
        String json = "[1.10,7,1.2345678E7,\"a\"]";
        String cookie =
                own.stored(session -> session.set("v", JsonMapper.shared().readValue(json, TokenBuffer.class)));

        TokenBuffer read = Objects.requireNonNull(own.storage.getSession(cookie).get("v", TokenBuffer.class));
        assertThat(JsonMapper.shared().writeValueAsString(read)).isEqualTo(json);
        assertThat(JsonMapper.shared().readValue(read.asParser(), Object.class))
                .isEqualTo(List.of(1.1, 7, 1.2345678E7, "a"));
    }

    @Test
    void aFlashValueMayHaveATypeAsWell() {
        ParameterizedTypeReference<Box<Figure>> box = new ParameterizedTypeReference<>() {};
        String cookie = scene.stored(session -> session.flash("box", new Box<>(new Circle(1)), box));

        assertThat(scene.storage.getSession(cookie).get("box", box)).isEqualTo(new Box<>(new Circle(1)));
    }

    @Test
    void aTypeSaysWhatAClassCannot() {
        ParameterizedTypeReference<Box<Figure>> box = new ParameterizedTypeReference<>() {};
        ParameterizedTypeReference<Pair<PlainDot, Figure>> pair = new ParameterizedTypeReference<>() {};
        ParameterizedTypeReference<Map<String, Box<List<Long>>>> boxes = new ParameterizedTypeReference<>() {};
        Pair<PlainDot, Figure> dots = new Pair<>(new PlainDot(1), List.of(new Circle(1), new Square(1)));
        String cookie = scene.stored(session -> {
            session.set("box", new Box<>(new Circle(1)), box);
            session.set("pair", dots, pair);
            session.update("boxes", boxes, old -> Map.of("a", new Box<>(List.of(7L))));
        });

        Session read = scene.storage.getSession(cookie);
        assertThat(read.get("box", box)).isEqualTo(new Box<>(new Circle(1)));
        assertThat(read.get("pair", pair)).isEqualTo(dots);
        assertThat(read.get("boxes", boxes)).isEqualTo(Map.of("a", new Box<>(List.of(7L))));
    }

    @Test
    void anElementThatIsAddedInPlaceKeepsItsType() {
        ParameterizedTypeReference<List<Figure>> figures = new ParameterizedTypeReference<>() {};
        String cookie = scene.stored(session -> session.set("v", new ArrayList<>(List.of(new Circle(1))), figures));
        scene.request(cookie, session -> Objects.requireNonNull(session.get("v", figures))
                .add(new Square(2)));

        assertThat(scene.storage.getSession(cookie).get("v", figures)).containsExactly(new Circle(1), new Square(2));
    }

    static Stream<Arguments> counters() {
        return Stream.of(
                Arguments.of(new AtomicInteger(), (Consumer<AtomicInteger>) AtomicInteger::incrementAndGet),
                Arguments.of(new AtomicLong(), (Consumer<AtomicLong>) AtomicLong::incrementAndGet),
                Arguments.of(new LongAdder(), (Consumer<LongAdder>) LongAdder::increment),
                Arguments.of(new DoubleAdder(), (Consumer<DoubleAdder>) adder -> adder.add(1)),
                Arguments.of(new Tally(), (Consumer<Tally>) tally -> tally.count++));
    }

    static final class Tally extends Number {
        private int count;

        @Override
        public int intValue() {
            return count;
        }

        @Override
        public long longValue() {
            return count;
        }

        @Override
        public float floatValue() {
            return count;
        }

        @Override
        public double doubleValue() {
            return count;
        }

        @Override
        public String toString() {
            return Integer.toString(count);
        }
    }

    @ParameterizedTest
    @MethodSource("counters")
    <T extends Number> void aNumberThatIsMutatedInPlaceIsWritten(T number, Consumer<T> mutation) {
        String cookie = scene.stored(session -> session.set("n", number));
        scene.request(cookie, session -> {
            @SuppressWarnings("unchecked")
            T read = (T) Objects.requireNonNull(session.get("n", number.getClass()));
            mutation.accept(read);
        });

        assertThat(Objects.requireNonNull(scene.storage.getSession(cookie).get("n", number.getClass()))
                        .intValue())
                .isEqualTo(1);
    }

    @Test
    void whatUpdateReturnsHasBeenRead() {
        String cookie = scene.stored(session -> session.set("n", 1));
        Session session = scene.storage.getSession(cookie);
        Integer seen = session.update("n", Integer.class, n -> Objects.requireNonNull(n) + 1);
        scene.request(cookie, other -> other.update("n", Integer.class, n -> Objects.requireNonNull(n) + 10));
        session.set("n", seen + 100);

        assertThatExceptionOfType(SessionConflictException.class)
                .isThrownBy(() -> scene.storage.commitSession(session));
        assertThat(scene.seen(cookie, "n")).isEqualTo(11);
    }

    @Test
    void whatUpdateReturnedBeforeTheCommitIsNoLongerTrueAfterIt() {
        String cookie = scene.stored(session -> session.set("n", 1));
        Session session = scene.storage.getSession(cookie);
        Integer seen = session.update("n", Integer.class, n -> Objects.requireNonNull(n) + 1);
        scene.request(cookie, other -> other.update("n", Integer.class, n -> Objects.requireNonNull(n) + 10));
        scene.storage.commitSession(session);
        session.set("n", seen + 100);

        assertThatExceptionOfType(SessionConflictException.class)
                .isThrownBy(() -> scene.storage.commitSession(session));
        assertThat(scene.seen(cookie, "n")).isEqualTo(12);
    }

    @Test
    void updatesAloneNeverConflict() {
        String cookie = scene.stored(session -> session.set("n", 1));
        Session session = scene.storage.getSession(cookie);
        session.update("n", Integer.class, n -> Objects.requireNonNull(n) + 1);
        scene.request(cookie, other -> other.update("n", Integer.class, n -> Objects.requireNonNull(n) + 10));
        session.update("n", Integer.class, n -> Objects.requireNonNull(n) + 1);
        scene.storage.commitSession(session);

        assertThat(scene.seen(cookie, "n")).isEqualTo(13);
    }

    @Test
    void whatUpdateReturnsMayBeMutated() {
        ParameterizedTypeReference<List<String>> texts = new ParameterizedTypeReference<>() {};
        String cookie = scene.stored(
                session -> session.update("v", texts, old -> List.of("a")).add("b"));

        assertThat(scene.seen(cookie, "v")).isEqualTo(List.of("a", "b"));
    }

    @Test
    void whatCannotBeReadIsNamedByAttributeTypeAndPath() {
        String cookie =
                scene.stored(session -> session.set("v", Map.of("first", List.of(Map.of("size", "secret-value")))));
        ParameterizedTypeReference<Map<String, List<PlainDot>>> dots = new ParameterizedTypeReference<>() {};
        assertThatIllegalStateException()
                .isThrownBy(() -> scene.storage.getSession(cookie).get("v", dots))
                .withMessageContainingAll("'v'", "at […][0].size: what is stored is no int", "unset")
                .satisfies(e -> assertThat(e).message().doesNotContain("secret-value"));
    }

    /** The table in docs/values.md. */
    static Stream<Arguments> numbers() {
        return Stream.of(
                Arguments.of(7L, 7),
                Arguments.of((short) 7, 7),
                Arguments.of(1L << 40, 1L << 40),
                Arguments.of(BigInteger.TEN, 10),
                Arguments.of(BigInteger.TWO.pow(70), BigInteger.TWO.pow(70)),
                Arguments.of(1.0, 1.0),
                Arguments.of(-0.0, 0.0),
                Arguments.of(1.1f, 1.1),
                Arguments.of(Double.NaN, "NaN"),
                Arguments.of(Double.NEGATIVE_INFINITY, "-Infinity"),
                Arguments.of(new BigDecimal("1.10"), 1.1),
                Arguments.of(
                        new BigDecimal("0.1234567890123456789012345"), new BigDecimal("0.1234567890123456789012345")));
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void aNumberComesBackAsItIsAsItsTypeAndNaturallyWithoutOne(Object number, Object natural) {
        String cookie = scene.stored(session -> session.set("n", number));

        assertThat((Object) scene.storage.getSession(cookie).get("n", number.getClass()))
                .isEqualTo(number);
        assertThat(scene.seen(cookie, "n")).isEqualTo(natural);
    }

    private Object read(String cookie, Object value) {
        Type type = new InferredType(SessionData.Json.mapper().build()).of(value);
        return Objects.requireNonNull(
                scene.storage.getSession(cookie).get("v", ParameterizedTypeReference.forType(type)));
    }
}
