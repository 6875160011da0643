package dev.sessionstorage;

import java.io.File;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.BitSet;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdScalarSerializer;

/** Serializers for the JDK's classes that Jackson reads back incompletely or not at all. */
final class JdkValues {

    private interface Writer<T> {
        void write(T value, JsonGenerator json);
    }

    private interface Reader<T> {
        T read(JsonParser json);
    }

    private JdkValues() {}

    static SimpleModule module() {
        SimpleModule module = new SimpleModule("session-storage-values");
        // A HashSet would lose the insertion order.
        module.addAbstractTypeMapping(Set.class, LinkedHashSet.class);
        add(module, BitSet.class, JdkValues::write, JdkValues::bits);
        add(module, LongAdder.class, (adder, json) -> json.writeNumber(adder.sum()), json -> {
            LongAdder adder = new LongAdder();
            adder.add(json.getLongValue());
            return adder;
        });
        add(module, DoubleAdder.class, (adder, json) -> json.writeNumber(adder.sum()), json -> {
            DoubleAdder adder = new DoubleAdder();
            // NaN and the infinities are not JSON numbers, so they are written as text.
            adder.add(
                    json.hasToken(JsonToken.VALUE_STRING)
                            ? Double.parseDouble(json.getString())
                            : json.getDoubleValue());
            return adder;
        });
        add(module, Pattern.class, JdkValues::write, JdkValues::pattern);
        add(module, Path.class, (path, json) -> json.writeString(path.toString()), json -> Path.of(json.getString()));
        add(module, File.class, (file, json) -> json.writeString(file.getPath()), json -> new File(json.getString()));
        // Jackson would write a known host name, and look it up again on reading.
        add(
                module,
                InetAddress.class,
                (address, json) -> json.writeString(address.getHostAddress()),
                JdkValues::address);
        add(module, GregorianCalendar.class, JdkValues::write, JdkValues::calendar);
        module.addDeserializer(Calendar.class, new Of<>(Calendar.class, JdkValues::calendar));
        add(module, Date.class, JdkValues::write, JdkValues::date);
        add(module, Time.class, JdkValues::write, JdkValues::time);
        add(
                module,
                Timestamp.class,
                (time, json) -> json.writeString(time.toInstant().toString()),
                JdkValues::timestamp);
        return module;
    }

    private static <T> void add(SimpleModule module, Class<T> type, Writer<T> writer, Reader<T> reader) {
        module.addSerializer(type, new StdScalarSerializer<>(type) {
            @Override
            public void serialize(T value, JsonGenerator json, SerializationContext context) {
                writer.write(value, json);
            }
        });
        module.addDeserializer(type, new Of<>(type, reader));
    }

    private static final class Of<T> extends StdScalarDeserializer<T> {

        private final transient Reader<? extends T> reader;

        Of(Class<T> type, Reader<? extends T> reader) {
            super(type);
            this.reader = reader;
        }

        @Override
        public T deserialize(JsonParser json, DeserializationContext context) {
            try {
                return reader.read(json);
            } catch (IllegalArgumentException | java.time.DateTimeException e) {
                return context.reportInputMismatch(
                        this, "not a %s", handledType().getName());
            }
        }
    }

    /** Writes the positions of the set bits: a 64-bit number would lose some in JavaScript. */
    private static void write(BitSet bits, JsonGenerator json) {
        int[] set = bits.stream().toArray();
        json.writeArray(set, 0, set.length);
    }

    private static BitSet bits(JsonParser json) {
        BitSet bits = new BitSet();
        while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
            bits.set(json.getIntValue());
        }
        return bits;
    }

    private static void write(Pattern pattern, JsonGenerator json) {
        if (pattern.flags() == 0) {
            json.writeString(pattern.pattern());
        } else {
            json.writeStartArray();
            json.writeString(pattern.pattern());
            json.writeNumber(pattern.flags());
            json.writeEndArray();
        }
    }

    private static Pattern pattern(JsonParser json) {
        if (json.hasToken(JsonToken.VALUE_STRING)) {
            return Pattern.compile(json.getString());
        }
        json.nextToken();
        String pattern = json.getString();
        json.nextToken();
        int flags = json.getIntValue();
        json.nextToken();
        return Pattern.compile(pattern, flags);
    }

    private static InetAddress address(JsonParser json) {
        String text = json.getString();
        boolean isLiteral = text.indexOf(':') >= 0 || text.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
        try {
            if (isLiteral) {
                return InetAddress.getByName(text);
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
        throw new IllegalArgumentException("the name of a host");
    }

    private static void write(GregorianCalendar calendar, JsonGenerator json) {
        json.writeString(calendar.toZonedDateTime().toString());
    }

    private static GregorianCalendar calendar(JsonParser json) {
        ZonedDateTime time = ZonedDateTime.parse(json.getString());
        GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone(time.getZone()));
        calendar.setTimeInMillis(time.toInstant().toEpochMilli());
        return calendar;
    }

    /** Writes a local date, which is the same in every zone, unless the value also has a time of day. */
    private static void write(Date date, JsonGenerator json) {
        LocalDate local = date.toLocalDate();
        if (Date.valueOf(local).getTime() == date.getTime()) {
            json.writeString(local.toString());
        } else {
            json.writeNumber(date.getTime());
        }
    }

    private static Date date(JsonParser json) {
        return json.hasToken(JsonToken.VALUE_NUMBER_INT)
                ? new Date(json.getLongValue())
                : Date.valueOf(LocalDate.parse(json.getString()));
    }

    private static void write(Time time, JsonGenerator json) {
        LocalTime local = time.toLocalTime();
        if (Time.valueOf(local).getTime() == time.getTime()) {
            json.writeString(local.toString());
        } else {
            json.writeNumber(time.getTime());
        }
    }

    private static Time time(JsonParser json) {
        return json.hasToken(JsonToken.VALUE_NUMBER_INT)
                ? new Time(json.getLongValue())
                : Time.valueOf(LocalTime.parse(json.getString()));
    }

    private static Timestamp timestamp(JsonParser json) {
        return json.hasToken(JsonToken.VALUE_NUMBER_INT)
                ? new Timestamp(json.getLongValue())
                : Timestamp.from(OffsetDateTime.parse(json.getString()).toInstant());
    }
}
