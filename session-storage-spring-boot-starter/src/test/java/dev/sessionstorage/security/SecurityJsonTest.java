package dev.sessionstorage.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.sessionstorage.web.AllowedTypes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.authentication.RememberMeAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.ott.OneTimeTokenAuthentication;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.jackson.SecurityJacksonModule;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.core.oidc.user.OidcUserAuthority;
import org.springframework.security.oauth2.core.user.DefaultOAuth2User;
import org.springframework.security.oauth2.core.user.OAuth2User;
import org.springframework.security.oauth2.core.user.OAuth2UserAuthority;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.authentication.WebAuthnAuthentication;
import tools.jackson.core.Version;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.util.TokenBuffer;

class SecurityJsonTest {

    private static final Collection<GrantedAuthority> USER = AuthorityUtils.createAuthorityList("ROLE_USER");

    private final SecurityJson json = new SecurityJson(new AllowedTypes(List.of()), List.of());

    /** The application's own user. */
    static final class Member implements UserDetails {

        private final String username;
        private final int number;
        private final List<String> roles;

        Member(String username, int number, List<String> roles) {
            this.username = username;
            this.number = number;
            this.roles = roles;
        }

        @JsonCreator
        static Member of(String username, int number, List<String> roles) {
            return new Member(username, number, roles);
        }

        @Override
        public String getUsername() {
            return username;
        }

        public int getNumber() {
            return number;
        }

        public List<String> getRoles() {
            return roles;
        }

        @Override
        @JsonIgnore
        public String getPassword() {
            return "hash";
        }

        @Override
        @JsonIgnore
        public Collection<? extends GrantedAuthority> getAuthorities() {
            return roles.stream().map(SimpleGrantedAuthority::new).toList();
        }
    }

    static Stream<Authentication> authentications() {
        UserDetails user =
                User.withUsername("robin").password("x").authorities(USER).build();
        return Stream.of(
                UsernamePasswordAuthenticationToken.authenticated(user, null, USER),
                UsernamePasswordAuthenticationToken.authenticated("robin", null, USER),
                new PreAuthenticatedAuthenticationToken("robin", null, USER),
                new RememberMeAuthenticationToken("key", user, USER),
                new OneTimeTokenAuthentication(
                        user, List.of(FactorGrantedAuthority.fromAuthority(FactorGrantedAuthority.OTT_AUTHORITY))),
                new WebAuthnAuthentication(
                        ImmutablePublicKeyCredentialUserEntity.builder()
                                .name("robin")
                                .id(new Bytes(new byte[] {1, 2}))
                                .displayName("Robin")
                                .build(),
                        USER),
                new OAuth2AuthenticationToken(
                        new DefaultOAuth2User(USER, new LinkedHashMap<>(Map.of("id", 7)), "id"),
                        List.of(new OAuth2UserAuthority(new LinkedHashMap<>(Map.of("id", 7L)))),
                        "github"));
    }

    @ParameterizedTest
    @MethodSource("authentications")
    void whatIsWrittenIsReadAgain(Authentication authentication) {
        assertThat(json.read(json.write(authentication), Authentication.class))
                .hasSameClassAs(authentication)
                .usingRecursiveComparison()
                .isEqualTo(authentication);
    }

    @Test
    void anApplicationsOwnUserIsKeptWhereItsPackageIsAllowed() {
        SecurityJson own = new SecurityJson(new AllowedTypes(List.of("dev.sessionstorage.security")), List.of());
        Authentication login = UsernamePasswordAuthenticationToken.authenticated(
                new Member("robin", 7, List.of("ROLE_USER")), null, USER);

        TokenBuffer stored = own.write(login);
        Authentication read = Objects.requireNonNull(own.read(stored, Authentication.class));

        assertThat(stored.toString()).doesNotContain("hash");
        assertThat(read.getPrincipal()).isInstanceOfSatisfying(Member.class, member -> {
            assertThat(member.getUsername()).isEqualTo("robin");
            assertThat(member.getNumber()).isEqualTo(7);
            assertThat(member.getRoles()).containsExactly("ROLE_USER");
        });
    }

    @Test
    void anApplicationsOwnModuleAllowsWhatItKnows() {
        SecurityJacksonModule module = new SecurityJacksonModule("members", Version.unknownVersion()) {
            @Override
            public void configurePolymorphicTypeValidator(BasicPolymorphicTypeValidator.Builder builder) {
                builder.allowIfSubType(Member.class);
            }
        };
        SecurityJson own = new SecurityJson(new AllowedTypes(List.of()), List.of(module));
        Authentication login =
                UsernamePasswordAuthenticationToken.authenticated(new Member("robin", 7, List.of()), null, USER);

        assertThat(Objects.requireNonNull(own.read(own.write(login), Authentication.class))
                        .getPrincipal())
                .isInstanceOf(Member.class);
    }

    @Test
    void aUserWhoseClassIsNotAllowedIsRefusedAtTheLogin() {
        Authentication login =
                UsernamePasswordAuthenticationToken.authenticated(new Member("robin", 7, List.of()), null, USER);

        assertThatThrownBy(() -> json.write(login))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("session.allowed-types")
                .hasMessageContaining(Member.class.getName());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"@class\":\"com.zaxxer.hikari.HikariConfig\",\"jdbcUrl\":\"jdbc:h2:mem:x\"}",
                "{\"@class\":\"org.springframework.context.support.ClassPathXmlApplicationContext\",\"configLocation\":\"x\"}",
                "{\"@class\":\"java.lang.ProcessBuilder\"}",
                "{\"@class\":\"dev.sessionstorage.security.SecurityJsonTest$Member\",\"username\":\"robin\"}",
                "{\"@class\":\"no.such.Class\"}",
                "{\"@class\":\"java.util.ArrayList\"}",
                "{\"@class\":\"org.springframework.security.authentication.UsernamePasswordAuthenticationToken\","
                        + "\"principal\":{\"@class\":\"com.zaxxer.hikari.HikariConfig\"}}",
                "{}",
                "[]",
                "7",
                "\"robin\""
            })
    void anythingElseIsNoLogin(String stored) {
        TokenBuffer buffer = JsonMapper.shared().readValue(stored, TokenBuffer.class);
        assertThat(json.read(buffer, Authentication.class)).isNull();
    }

    /** A class with a side effect, which JSON must never instantiate. */
    static final class Job {

        static final List<String> COMMANDS = new CopyOnWriteArrayList<>();

        public void setCommand(String command) {
            COMMANDS.add(command);
        }
    }

    @Test
    void aClaimCannotNameTheClassToMake() {
        SecurityJson own = new SecurityJson(new AllowedTypes(List.of("dev.sessionstorage.security")), List.of());
        Map<String, Object> metadata = new LinkedHashMap<>(Map.of("command", "rm"));
        metadata.put("@class", Job.class.getName());
        Authentication login = new OAuth2AuthenticationToken(
                new DefaultOAuth2User(USER, Map.of("sub", "robin", "metadata", metadata), "sub"), USER, "provider");

        assertThatThrownBy(() -> own.write(login)).isInstanceOf(IllegalStateException.class);
        assertThat(Job.COMMANDS).isEmpty();
    }

    @Test
    void theNestedClaimsOfAnIdTokenAreKept() throws Exception {
        Map<String, Object> claims = JWTClaimsSet.parse(
                        "{\"sub\":\"robin\",\"address\":{\"country\":\"CH\"},\"groups\":[\"a\"],\"score\":0.5,\"large\":12345678.0}")
                .getClaims();
        OidcIdToken token = new OidcIdToken("t", Instant.EPOCH, Instant.EPOCH.plusSeconds(1), claims);
        Authentication login = new OAuth2AuthenticationToken(new DefaultOidcUser(USER, token), USER, "provider");

        Authentication read = Objects.requireNonNull(json.read(json.write(login), Authentication.class));
        assertThat(read.getPrincipal())
                .isInstanceOfSatisfying(DefaultOidcUser.class, user -> assertThat(user.getClaims())
                        .containsEntry("address", Map.of("country", "CH"))
                        .containsEntry("groups", List.of("a"))
                        .containsEntry("score", 0.5)
                        .containsEntry("large", 12345678.0));
    }

    @SuppressWarnings("JdkObsolete")
    static Stream<Object> claims() {
        return Stream.of(
                URI.create("urn:example:robin"),
                Instant.parse("2026-01-02T03:04:05.678Z"),
                Date.from(Instant.EPOCH),
                Duration.ofSeconds(90),
                Locale.forLanguageTag("de-CH"),
                ZoneId.of("Europe/Zurich"),
                UUID.fromString("00000000-0000-0000-0000-000000000001"),
                12345678901L,
                new BigDecimal("1.10"),
                new BigInteger("123456789012345678901234567890"),
                new ArrayList<>(List.of(1L, "a", new ArrayList<>(List.of(0.5)))),
                new LinkedList<>(List.of("a")),
                new TreeSet<>(Set.of("a", "b")),
                new LinkedHashSet<>(Set.of("a")),
                new TreeMap<>(Map.of("a", 1)),
                new ConcurrentHashMap<>(Map.of("a", new TreeMap<>(Map.of("b", 2L)))),
                Collections.unmodifiableMap(new LinkedHashMap<>(Map.of("country", "CH"))),
                new String[] {"a", "b"},
                List.of("java.net.URL", "https://idp.invalid"),
                Map.of("@type", "Person"));
    }

    @ParameterizedTest
    @MethodSource("claims")
    void aClaimIsReadAsWhatItWas(Object claim) {
        Authentication login = new OAuth2AuthenticationToken(
                new DefaultOAuth2User(USER, Map.of("sub", "robin", "claim", claim), "sub"), USER, "provider");

        Authentication read = Objects.requireNonNull(json.read(json.write(login), Authentication.class));
        assertThat(((OAuth2User) Objects.requireNonNull(read.getPrincipal())).<Object>getAttribute("claim"))
                .isEqualTo(claim);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://idp.invalid",
                "https://idp.invalid:8443/realms/a?b={c}|d#e f",
                "http://[::1]:80/",
                "file:/etc/idp"
            })
    void anIssuerIsReadAsItWasAndLookedUpNowhere(String address) throws Exception {
        URL issuer = new URL(address);
        Map<String, Object> claims = Map.of("sub", "robin", "iss", issuer);
        OidcIdToken token = new OidcIdToken("t", Instant.EPOCH, Instant.EPOCH.plusSeconds(1), claims);
        Authentication login = new OAuth2AuthenticationToken(
                new DefaultOidcUser(List.of(new OidcUserAuthority(token)), token), USER, "provider");

        Authentication read = Objects.requireNonNull(json.read(json.write(login), Authentication.class));
        URL again = Objects.requireNonNull(((OidcUser) Objects.requireNonNull(read.getPrincipal())).getIssuer());
        assertThat(again.toExternalForm()).isEqualTo(address);
        // A URL caches its hash code, which requires resolving its host name.
        assertThat(serialized(issuer)).isEqualTo(serialized(new URL(address)));
        assertThat(serialized(again)).isEqualTo(serialized(new URL(address)));
    }

    private static byte[] serialized(URL address) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream objects = new ObjectOutputStream(bytes)) {
            objects.writeObject(address);
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "authentication.UsernamePasswordAuthenticationToken\"",
                "authentication.UsernamePasswordAuthenticationToken\",\"authenticated\":true,\"principal\":"
                        + "{\"@class\":\"org.springframework.security.core.userdetails.User\"}",
                "web.authentication.preauth.PreAuthenticatedAuthenticationToken\"",
                "oauth2.core.endpoint.OAuth2AuthorizationRequest\"",
                "core.userdetails.User\",\"username\":\"\",\"authorities\":[\"java.util.ArrayList\",[]]"
            })
    void whatAnotherVersionMayHaveWrittenIsNoLogin(String rest) {
        TokenBuffer buffer = JsonMapper.shared()
                .readValue("{\"@class\":\"org.springframework.security." + rest + "}", TokenBuffer.class);
        assertThat(json.read(buffer, User.class)).isNull();
    }
}
