package dev.sessionstorage.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The shop. It contains no configuration of sessions. */
@SpringBootApplication
public class SampleApplication {

    /**
     * Starts the shop.
     *
     * @param args Spring Boot's usual arguments
     */
    public static void main(String[] args) {
        SpringApplication.run(SampleApplication.class, args);
    }
}
