package dev.sessionstorage.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.Sessions;
import dev.sessionstorage.autoconfigure.SessionAutoConfiguration;
import dev.sessionstorage.autoconfigure.SessionSecurityAutoConfiguration;
import dev.sessionstorage.autoconfigure.SessionWebAutoConfiguration;
import dev.sessionstorage.web.AllowedTypes;
import dev.sessionstorage.web.SessionFlashMaps;
import dev.sessionstorage.web.SessionModelAttributes;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.core.session.SessionRegistryImpl;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.web.bind.support.DefaultSessionAttributeStore;
import org.springframework.web.bind.support.SessionAttributeStore;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.FlashMapManager;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.support.SessionFlashMapManager;

class SecurityWiringTest {

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    SessionAutoConfiguration.class,
                    SessionWebAutoConfiguration.class,
                    SessionSecurityAutoConfiguration.class,
                    DispatcherServletAutoConfiguration.class,
                    WebMvcAutoConfiguration.class,
                    ServletWebSecurityAutoConfiguration.class));

    @Test
    void everythingIsKeptInTheSession() {
        runner.run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(SecurityContextRepository.class)
                .hasSingleBean(SessionCsrfTokenRepository.class)
                .hasSingleBean(SessionRequestCache.class)
                .hasSingleBean(SessionFlashMaps.class)
                .hasSingleBean(SessionModelAttributes.class)
                .getBean(AuthorizationRequestRepository.class)
                .isInstanceOf(SessionOAuth2AuthorizationRequestRepository.class));
    }

    @Test
    void nothingIsKeptInTheSessionWhereNobodyWouldCommitIt() {
        runner.withPropertyValues("session.auto-commit=false").run(context -> {
            assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(SecurityContextRepository.class)
                    .doesNotHaveBean(SessionModelAttributes.class);
            assertThat(context.getBean(FlashMapManager.class)).isInstanceOf(SessionFlashMapManager.class);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"org.springframework.security.config", "org.springframework.security.web"})
    void anApplicationWithoutSpringSecurityGetsNothingOfIt(String missing) {
        new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        SessionAutoConfiguration.class,
                        SessionWebAutoConfiguration.class,
                        SessionSecurityAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader(missing))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SecurityJson.class));
    }

    @Test
    void anApplicationWithoutOAuth2GetsNothingOfIt() {
        runner.withClassLoader(new FilteredClassLoader("org.springframework.security.oauth2"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(SecurityJson.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnBeans {

        @Bean
        SecurityContextRepository contexts() {
            return new HttpSessionSecurityContextRepository();
        }

        @Bean
        CsrfTokenRepository tokens() {
            return new CookieCsrfTokenRepository();
        }

        @Bean
        RequestCache requests() {
            return new NullRequestCache();
        }

        @Bean
        SessionRegistry registry() {
            return new SessionRegistryImpl();
        }

        @Bean
        FlashMapManager flashMapManager() {
            return new SessionFlashMapManager();
        }

        @Bean
        SessionAttributeStore store() {
            return new DefaultSessionAttributeStore();
        }
    }

    @Test
    void beansOfTheApplicationWin() {
        runner.withUserConfiguration(OwnBeans.class).run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(SecurityContextRepository.class)
                .hasSingleBean(CsrfTokenRepository.class)
                .hasSingleBean(RequestCache.class)
                .hasSingleBean(SessionRegistry.class)
                .hasSingleBean(FlashMapManager.class)
                .hasSingleBean(SessionAttributeStore.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class LimitedWithoutPrincipals {

        @Bean
        SessionDataRepository repository() {
            InMemorySessionDataRepository memory = new InMemorySessionDataRepository();
            return new SessionDataRepository() {
                @Override
                public String createData(SessionData data, Instant expires) {
                    return memory.createData(data, expires);
                }

                @Override
                public @Nullable SessionData readData(String id) {
                    return memory.readData(id);
                }

                @Override
                public boolean updateData(String id, SessionData data, Instant expires) {
                    return memory.updateData(id, data, expires);
                }

                @Override
                public void deleteData(String id) {
                    memory.deleteData(id);
                }
            };
        }

        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return http.sessionManagement(sessions -> sessions.maximumSessions(1))
                    .build();
        }
    }

    @Test
    void aLimitOnSessionsWithARepositoryThatCannotCountThemStopsTheStart() {
        runner.withPropertyValues("session.cookie.secrets=3f1c6b0a9d7e4f528b6a0c1d2e3f4a5b")
                .withUserConfiguration(LimitedWithoutPrincipals.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("cannot find sessions by their principal"));
    }

    @Configuration(proxyBeanMethods = false)
    static class SavedAfterTheResponse {

        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return http.securityContext(context -> context.requireExplicitSave(false))
                    .build();
        }
    }

    @Test
    void aChainThatSavesAfterTheResponseStopsTheStart() {
        runner.withUserConfiguration(SavedAfterTheResponse.class).run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("requireExplicitSave(false)"));
    }

    @ParameterizedTest
    @CsvSource({
        "shop.example.Order, true",
        "shop.example.Order$Line, true",
        "shop.example.sub.Order, true",
        "shop.exampled.Order, false",
        "partner.Price, true",
        "partner.Prices, false",
        "java.time.Instant, true",
        "java.time.chrono.HijrahDate, false",
        "java.util.UUID, true",
        "java.lang.ProcessBuilder, false",
        "java.util.Timer, false",
        "com.zaxxer.hikari.HikariConfig, false"
    })
    void theApplicationsOwnPackagesAndThoseItNamesAreAllowed(String type, boolean allowed) {
        runner.withInitializer(context -> AutoConfigurationPackages.register(
                        (org.springframework.beans.factory.support.BeanDefinitionRegistry) context.getBeanFactory(),
                        "shop.example"))
                .withPropertyValues("session.allowed-types=partner.Price")
                .run(context -> assertThat(context.getBean(AllowedTypes.class).allows(type))
                        .isEqualTo(allowed));
    }

    @Test
    void anApplicationInABroadPackageAllowsNothingByItself() {
        runner.withInitializer(context -> AutoConfigurationPackages.register(
                        (org.springframework.beans.factory.support.BeanDefinitionRegistry) context.getBeanFactory(),
                        "com"))
                .run(context -> assertThat(context.getBean(AllowedTypes.class).allows("com.zaxxer.hikari.HikariConfig"))
                        .isFalse());
    }

    @ParameterizedTest
    @ValueSource(strings = {"com", "java.util", "javax.naming", "com.sun", "com.shop.", "com.shop.*"})
    void anAllowListThatIsNoLimitStopsTheStart(String name) {
        runner.withPropertyValues("session.allowed-types=" + name).run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("'" + name + "' is too broad"));
        assertThatThrownBy(() -> new AllowedTypes(List.of(name))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHandlerAdapterOfTheApplicationKeepsItsOwnStore() {
        SessionAttributeStore own = new DefaultSessionAttributeStore() {};
        WebMvcRegistrations registrations = new WebMvcRegistrations() {
            @Override
            public RequestMappingHandlerAdapter getRequestMappingHandlerAdapter() {
                RequestMappingHandlerAdapter adapter = new RequestMappingHandlerAdapter();
                adapter.setSessionAttributeStore(own);
                return adapter;
            }
        };
        runner.withBean(WebMvcRegistrations.class, () -> registrations)
                .run(context -> assertThat(WithoutHttpSession.field(
                                context.getBean(RequestMappingHandlerAdapter.class), "sessionAttributeStore"))
                        .isSameAs(own));
    }

    @Test
    void aServletOfTheApplicationKeepsItsEvents() {
        runner.withBean("own", DispatcherServlet.class, () -> new DispatcherServlet() {})
                .run(context -> {
                    assertThat(WithoutHttpSession.field(context.getBean("own"), "publishEvents"))
                            .isEqualTo(true);
                    assertThat(WithoutHttpSession.field(context.getBean("dispatcherServlet"), "publishEvents"))
                            .isEqualTo(false);
                });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebMvc
    static class OldSchool {}

    @Test
    void enableWebMvcKeepsFlashAttributesInTheSessionToo() {
        runner.withUserConfiguration(OldSchool.class)
                .run(context -> assertThat(context.getBean(DispatcherServlet.FLASH_MAP_MANAGER_BEAN_NAME))
                        .isInstanceOf(SessionFlashMaps.class));
    }

    /** Common bean names in existing applications. A second bean of the same name would stop the startup. */
    @Configuration(proxyBeanMethods = false)
    static class OrdinaryNames {

        @Bean
        String sessionFilter() {
            return "";
        }

        @Bean
        String sessions() {
            return "";
        }

        @Bean
        String sessionRegistry() {
            return "";
        }

        @Bean
        String sessionCleanup() {
            return "";
        }

        @Bean
        String sessionCookie() {
            return "";
        }

        @Bean
        String sessionSecurity() {
            return "";
        }

        @Bean
        String sessionRequestListener() {
            return "";
        }

        @Bean
        String currentSessionArgumentResolver() {
            return "";
        }
    }

    @Test
    void anApplicationsBeansKeepTheirNames() {
        runner.withUserConfiguration(OrdinaryNames.class)
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Sessions.class));
    }
}
