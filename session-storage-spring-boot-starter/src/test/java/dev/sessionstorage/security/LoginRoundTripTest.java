package dev.sessionstorage.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sessionstorage.web.AllowedTypes;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.collection.spi.PersistentSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.CredentialsContainer;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.test.util.ReflectionTestUtils;

/** A login comes back equal and with the same classes at the next request, or is refused at once. */
@SuppressWarnings("UnusedVariable")
class LoginRoundTripTest {

    private static final List<GrantedAuthority> USER = AuthorityUtils.createAuthorityList("ROLE_USER");

    private final SecurityJson json =
            new SecurityJson(new AllowedTypes(List.of("dev.sessionstorage.security")), List.of());

    static final class UserWithId extends User {
        private final Long id;
        private final OffsetDateTime since;

        UserWithId(String login, Collection<? extends GrantedAuthority> authorities, Long number) {
            super(login, "password", authorities);
            this.id = number;
            this.since = OffsetDateTime.parse("2026-01-02T03:04:05+09:00");
        }

        Long id() {
            return id;
        }
    }

    static final class TenantToken extends UsernamePasswordAuthenticationToken {
        private final String tenant;

        TenantToken(Object principal, String realm) {
            super(principal, null, USER);
            this.tenant = realm;
        }

        String tenant() {
            return tenant;
        }
    }

    static final class ShopOidcUser extends DefaultOidcUser {
        private final String customer;

        ShopOidcUser(OidcIdToken token, String number) {
            super(USER, token);
            this.customer = number;
        }

        String customer() {
            return customer;
        }
    }

    /** Its constructor rejects the state after eraseCredentials. */
    static final class ShopUser implements UserDetails, CredentialsContainer {
        private final Long id;
        private final String mail;
        private @Nullable String secret;
        private final Set<String> roles;

        ShopUser(Long number, String username, String password, Set<String> roles) {
            this.id = number;
            this.mail = username;
            this.secret = Objects.requireNonNull(password);
            this.roles = new HashSet<>(roles);
        }

        Long id() {
            return id;
        }

        @Override
        public Collection<? extends GrantedAuthority> getAuthorities() {
            return roles.stream().map(SimpleGrantedAuthority::new).toList();
        }

        @Override
        public @Nullable String getPassword() {
            return secret;
        }

        @Override
        public String getUsername() {
            return mail;
        }

        @Override
        public void eraseCredentials() {
            secret = null;
        }
    }

    enum Role implements GrantedAuthority {
        BUYER {},
        SELLER {};

        @Override
        public String getAuthority() {
            return name();
        }
    }

    /** Resembles an entity that Hibernate has loaded. */
    static final class Account implements UserDetails {
        private final Long id = 7L;
        private final Set<Role> roles = loaded(Set.of(Role.SELLER));
        private final BigDecimal limit = new BigDecimal("1.10");

        @SuppressWarnings("unchecked")
        private static Set<Role> loaded(Set<Role> roles) {
            PersistentSet<Role> set = new PersistentSet<>();
            ReflectionTestUtils.setField(set, "set", new HashSet<>(roles));
            ReflectionTestUtils.setField(set, "initialized", true);
            return set;
        }

        @Override
        public Collection<? extends GrantedAuthority> getAuthorities() {
            return roles;
        }

        @Override
        public @Nullable String getPassword() {
            return null;
        }

        @Override
        public String getUsername() {
            return "robin";
        }
    }

    /** The application's own details of the request, beside Spring Security's. */
    static final class ShopDetails extends WebAuthenticationDetails {
        private final String shop = "north";

        ShopDetails() {
            super("192.0.2.1", null);
        }
    }

    private static Authentication withDetails(AbstractAuthenticationToken login, Object details) {
        login.setDetails(details);
        return login;
    }

    /** An entity as principal, which has no name for Spring Security but its toString. */
    static final class Customer {
        private final String name = "robin";
        private final String secret = "hunter2";

        @Override
        public String toString() {
            return "Customer[" + name + ", " + secret + "]";
        }
    }

    static Stream<Authentication> logins() {
        ShopUser user = new ShopUser(7L, "robin@example.org", "hunter2", Set.of("ROLE_USER"));
        user.eraseCredentials();
        OidcIdToken token = new OidcIdToken(
                "t", Instant.EPOCH, Instant.EPOCH.plusSeconds(1), Map.of("sub", "robin", "groups", List.of("a")));
        return Stream.of(
                UsernamePasswordAuthenticationToken.authenticated(new UserWithId("robin", USER, 7L), null, USER),
                UsernamePasswordAuthenticationToken.authenticated(user, null, USER),
                UsernamePasswordAuthenticationToken.authenticated(new Account(), null, new Account().getAuthorities()),
                UsernamePasswordAuthenticationToken.authenticated(7L, null, USER),
                UsernamePasswordAuthenticationToken.authenticated(new UUID(1, 2), "token", List.of(Role.BUYER)),
                UsernamePasswordAuthenticationToken.authenticated(Role.BUYER, 7L, USER),
                withDetails(UsernamePasswordAuthenticationToken.authenticated("robin", null, USER), new ShopDetails()),
                withDetails(new PreAuthenticatedAuthenticationToken("robin", null, USER), new ShopDetails()),
                withDetails(new PreAuthenticatedAuthenticationToken(7L, "certificate", USER), Map.of("shop", 7L)),
                new TenantToken("robin", "north"),
                new TenantToken(new UserWithId("robin", USER, 7L), "north"),
                new OAuth2AuthenticationToken(new ShopOidcUser(token, "c7"), USER, "provider"));
    }

    @ParameterizedTest
    @MethodSource("logins")
    void aClassOfTheApplicationsOwnComesBackAsItself(Authentication login) {
        Authentication read = Objects.requireNonNull(json.read(json.write(login), Authentication.class));

        assertThat(read).hasSameClassAs(login).usingRecursiveComparison().isEqualTo(login);
        assertThat(read.getPrincipal()).hasSameClassAs(login.getPrincipal());
        assertThat(read.getName()).isEqualTo(login.getName());
    }

    static final class Locked implements UserDetails {
        private final Thread thread = new Thread(() -> {});

        boolean isRunning() {
            return thread.isAlive();
        }

        @Override
        public Collection<? extends GrantedAuthority> getAuthorities() {
            return USER;
        }

        @Override
        public @Nullable String getPassword() {
            return null;
        }

        @Override
        public String getUsername() {
            return "robin";
        }
    }

    @Test
    void whatCannotBeKeptIsRefusedWithItsPathAndWhatToDo() {
        Authentication login = UsernamePasswordAuthenticationToken.authenticated(new Locked(), null, USER);

        assertThatIllegalStateException()
                .isThrownBy(() -> json.write(login))
                .withMessageContaining("at principal.thread: ")
                .withMessageContaining("java.lang.Thread")
                .withMessageContaining("mix-in");
    }

    @Test
    void aPrincipalWithoutANameIsRefusedAndItsTextIsShownNowhere() {
        Authentication login = UsernamePasswordAuthenticationToken.authenticated(new Customer(), null, USER);

        assertThatIllegalStateException()
                .isThrownBy(() -> SessionSecurityContextRepository.name(login))
                .withMessageContaining("AuthenticatedPrincipal")
                .satisfies(e -> assertThat(e).message().doesNotContain("hunter2"));
    }
}
