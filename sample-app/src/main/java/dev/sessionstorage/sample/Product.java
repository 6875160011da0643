package dev.sessionstorage.sample;

/** Something to buy; its picture is {@code images/<id>.svg}. */
record Product(String id, String name, String description, Price price) {}
