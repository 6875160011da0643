package dev.sessionstorage.sample;

import static org.springframework.security.config.Customizer.withDefaults;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.SecurityFilterChain;

/** Access rules and logins. It contains no configuration of sessions. */
@Configuration(proxyBeanMethods = false)
class ShopSecurity {

    @Bean
    SecurityFilterChain chain(HttpSecurity http, LoginSession loginSession, EndedSession endedSession) {
        return http.authorizeHttpRequests(requests -> requests.requestMatchers("/account/**")
                        .authenticated()
                        .anyRequest()
                        .permitAll())
                .formLogin(form -> form.loginPage("/login").failureHandler(ShopSecurity::loginFailed))
                .rememberMe(withDefaults())
                .csrf(csrf -> csrf.ignoringRequestMatchers(ShopSecurity::isJsonForTheApi))
                .exceptionHandling(exceptions ->
                        exceptions.authenticationEntryPoint(endedSession).accessDeniedHandler(endedSession))
                .sessionManagement(sessions -> sessions.addSessionAuthenticationStrategy(loginSession))
                .headers(headers -> headers.contentSecurityPolicy(
                        policy -> policy.policyDirectives("default-src 'self'; frame-ancestors 'none'")))
                .build();
    }

    @Bean
    static PasswordEncoder passwords() {
        return PasswordEncoderFactories.createDelegatingPasswordEncoder();
    }

    private static void loginFailed(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        if (failure instanceof AuthenticationServiceException) {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        Unsaved.keep(request);
        response.sendRedirect(request.getContextPath() + "/login?error");
    }

    /** JSON needs no CSRF token: another site cannot send this content type unless CORS allows it. */
    private static boolean isJsonForTheApi(HttpServletRequest request) {
        return request.getServletPath().startsWith("/api/") && isJson(request.getContentType());
    }

    private static boolean isJson(@Nullable String contentType) {
        try {
            return contentType != null
                    && MediaType.APPLICATION_JSON.equalsTypeAndSubtype(MediaType.parseMediaType(contentType));
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }
}
