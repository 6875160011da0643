package dev.sessionstorage.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.event.InteractiveAuthenticationSuccessEvent;
import org.springframework.security.core.Authentication;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Logins at an OpenID Connect provider whose classes are not on the application's class path. */
@SpringBootTest(
        classes = SecuredApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:oidc-login",
            "session.cookie.secrets=3f1c6b0a9d7e4f528b6a0c1d2e3f4a5b",
            "spring.security.oauth2.client.registration.shop.client-id=shop",
            "spring.security.oauth2.client.registration.shop.client-secret=the shop's secret",
            "spring.security.oauth2.client.registration.shop.scope=openid,profile",
            "spring.security.oauth2.client.registration.shop.provider=provider"
        })
@Import(OidcLoginTest.Logins.class)
class OidcLoginTest {

    private static final OidcProvider PROVIDER = new OidcProvider();

    /** The login as Spring Security creates it, and as the next request reads it. */
    private static final AtomicReference<Authentication> MADE = new AtomicReference<>();

    private static final AtomicReference<Authentication> READ = new AtomicReference<>();

    @TestConfiguration(proxyBeanMethods = false)
    @RestController
    static class Logins {

        @EventListener
        void made(InteractiveAuthenticationSuccessEvent event) {
            MADE.set(event.getAuthentication());
        }

        @GetMapping("/me")
        String me(Authentication user) {
            READ.set(user);
            return user.getName();
        }
    }

    @DynamicPropertySource
    static void provider(DynamicPropertyRegistry registry) {
        registry.add("spring.security.oauth2.client.provider.provider.issuer-uri", PROVIDER::issuer);
    }

    @AfterAll
    static void stopProvider() {
        PROVIDER.close();
    }

    @LocalServerPort
    private int port;

    @Test
    void noAuthorizationServerIsOnTheClassPath() {
        assertThat(ClassUtils.isPresent(
                        "org.springframework.security.oauth2.server.authorization.OAuth2Authorization",
                        getClass().getClassLoader()))
                .isFalse();
    }

    static Stream<Arguments> claims() {
        return Stream.of(
                Arguments.of("no more than it must", "{}", "{'sub':'robin'}"),
                Arguments.of(
                        "all standard claims",
                        "{'auth_time':1700000000,'acr':'urn:mace:incommon:iap:silver','amr':['pwd','otp'],'azp':'shop','at_hash':'h',"
                                + "'sid':'s-1','email':'robin@example.com','email_verified':true}",
                        "{'sub':'robin','name':'Robin Doe','given_name':'Robin','family_name':'Doe','middle_name':null,"
                                + "'preferred_username':'robin','profile':'https://example.com/robin','picture':'https://example.com/p.png',"
                                + "'website':'https://example.com','email':'robin@example.com','email_verified':'true','gender':'x',"
                                + "'birthdate':'0000-10-31','zoneinfo':'Europe/Zurich','locale':'de-CH','phone_number':'+41 44 000 00 00',"
                                + "'phone_number_verified':false,'address':{'formatted':'1 Way\\n8000 Zürich','country':'CH'},"
                                + "'updated_at':1700000001}"),
                Arguments.of(
                        "aggregated and distributed claims",
                        "{'_claim_names':{'payment':'src1','score':'src2'},'_claim_sources':{'src1':{'JWT':'a.b.c'},"
                                + "'src2':{'endpoint':'https://example.com/claims','access_token':'t'}}}",
                        "{'sub':'robin','_claim_names':{'payment':'src1'},'_claim_sources':{'src1':{'JWT':'a.b.c'}}}"),
                Arguments.of(
                        "roles as Keycloak nests them",
                        "{'realm_access':{'roles':['a','b']},'resource_access':{'shop':{'roles':['c'],'deep':[{'x':[[1,2],[{}]]}]}}}",
                        "{'sub':'robin','groups':['/a','/b/c'],'resource_access':{'shop':{'roles':[]}}}"),
                Arguments.of(
                        "numbers of all sizes",
                        "{'int':7,'long':12345678901,'double':0.5,'large':12345678.0,'zero':-0.0,'huge':1e300,'many':[1,2.5,99999999999]}",
                        "{'sub':'robin','int':7,'long':12345678901,'double':0.5,'beyond':123456789012345678901234567890,'zero':-0.0}"),
                Arguments.of(
                        "odd names and values",
                        "{'':'empty','a.b':'dot','ünï':'😀','@type':'t','null':null,'quote':'a\\\"b','list':['java.net.URL','https://example.com'],"
                                + "'empty':{},'none':[]}",
                        "{'sub':'robin','':'empty','list':['java.net.URL','https://example.com'],'pair':['java.lang.Long',1],'empty':{}}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("claims")
    void aLoginLastsWithItsClaims(String kind, String idToken, String userInfo) throws Exception {
        PROVIDER.says(idToken.replace('\'', '"'), userInfo.replace('\'', '"'));
        TestBrowser browser = new TestBrowser(port).open("/page?q=1");
        assertThat(browser.body()).isEqualTo("page 1 of robin");

        assertThat(browser.open("/me").body()).isEqualTo("robin");
        assertThat(READ.get()).hasSameClassAs(MADE.get());
        assertThat(READ.get())
                .usingRecursiveComparison()
                .withStrictTypeChecking()
                // URL.equals resolves host names.
                .withComparatorForType(Comparator.comparing(URL::toExternalForm), URL.class)
                .isEqualTo(MADE.get());
        assertThat(SecuredApplication.HTTP_SESSIONS).isEmpty();
    }
}
