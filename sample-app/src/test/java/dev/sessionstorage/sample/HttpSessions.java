package dev.sessionstorage.sample;

import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.web.servlet.ServletListenerRegistrationBean;
import org.springframework.context.annotation.Bean;

/** Records {@code HttpSession}s, none of which may be created. */
@TestConfiguration(proxyBeanMethods = false)
class HttpSessions {

    static final List<String> CREATED = new CopyOnWriteArrayList<>();

    @Bean
    ServletListenerRegistrationBean<HttpSessionListener> httpSessionListener() {
        return new ServletListenerRegistrationBean<>(new HttpSessionListener() {
            @Override
            public void sessionCreated(HttpSessionEvent event) {
                CREATED.add(event.getSession().getId());
            }
        });
    }
}
