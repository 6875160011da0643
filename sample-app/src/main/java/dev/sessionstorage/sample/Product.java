package dev.sessionstorage.sample;

/** A product for sale. Its picture is {@code images/<id>.svg}. */
record Product(String id, String name, String description, Price price) {}
