package dev.sessionstorage.security;

import dev.sessionstorage.Session;
import dev.sessionstorage.jpa.CountingDataSource;
import dev.sessionstorage.web.CurrentSession;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Timer;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.ServletListenerRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.SessionAttributes;
import org.springframework.web.bind.support.SessionStatus;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * An ordinary secured application with users and no configuration of sessions. H2 stores them, and its statements are counted.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({SecuredApplication.Listener.class, SecuredApplication.Pages.class, SecuredApplication.Wizard.class})
class SecuredApplication {

    /** The {@code HttpSession}s created, of which there must be none. */
    static final List<String> HTTP_SESSIONS = new CopyOnWriteArrayList<>();

    /** Runs once, while a login looks up the password. */
    static final AtomicReference<Runnable> DURING_LOGIN = new AtomicReference<>(() -> {});

    /** Records each {@code HttpSession} in {@link #HTTP_SESSIONS}, which tests check. */
    static class Listener {
        @Bean
        ServletListenerRegistrationBean<HttpSessionListener> httpSessions() {
            return new ServletListenerRegistrationBean<>(new HttpSessionListener() {
                @Override
                public void sessionCreated(HttpSessionEvent event) {
                    HTTP_SESSIONS.add(event.getSession().getId());
                }
            });
        }
    }

    @Bean
    static BeanPostProcessor countStatements() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof DataSource dataSource ? new CountingDataSource(dataSource) : bean;
            }
        };
    }

    @Bean
    PasswordEncoder passwords() {
        return new BCryptPasswordEncoder(4);
    }

    @Bean
    UserDetailsService users(PasswordEncoder passwords) {
        UserDetailsService users = new InMemoryUserDetailsManager(user("robin", passwords), user("kim", passwords));
        return name -> {
            DURING_LOGIN.getAndSet(() -> {}).run();
            return users.loadUserByUsername(name);
        };
    }

    private static UserDetails user(String name, PasswordEncoder passwords) {
        return User.withUsername(name)
                .password(passwords.encode(name + "'s password"))
                .roles("USER")
                .build();
    }

    @RestController
    static class Pages {

        @GetMapping("/")
        String home(Principal user) {
            return "home of " + user.getName();
        }

        @GetMapping("/page")
        String page(Principal user, @RequestParam(defaultValue = "") String q) {
            return "page " + q + " of " + user.getName();
        }

        @GetMapping("/public")
        String open() {
            return "public";
        }

        @GetMapping("/count")
        String count(@CurrentSession Session session) {
            return session.update("count", Integer.class, n -> n == null ? 1 : n + 1)
                    .toString();
        }

        @GetMapping("/form")
        String form(CsrfToken token) {
            return "<form><input type=\"hidden\" name=\"_csrf\" value=\"" + token.getToken() + "\"/></form>";
        }

        @PostMapping("/form")
        String save(@RequestParam String text) {
            return "saved " + text;
        }

        /** Reads the CSRF token while writing the body, like a template. */
        @GetMapping("/long-form")
        View longForm(@RequestParam int before, @RequestParam(defaultValue = "text/html") String type) {
            return (model, request, response) -> {
                response.setContentType(type);
                PrintWriter page = response.getWriter();
                page.write("x".repeat(before));
                CsrfToken token = (CsrfToken) Objects.requireNonNull(request.getAttribute("_csrf"));
                page.write("<input type=\"hidden\" name=\"_csrf\" value=\"" + token.getToken() + "\"/>");
                page.flush();
            };
        }

        @GetMapping("/servlet/login")
        String servletLogin(HttpServletRequest request) throws ServletException {
            request.login("robin", "robin's password");
            return "hello";
        }

        @GetMapping("/servlet/logout")
        String servletLogout(HttpServletRequest request, CsrfToken token) throws ServletException {
            request.logout();
            return "bye, next token " + token.getToken();
        }

        @GetMapping("/fail")
        String fail() {
            throw new IllegalStateException("on purpose");
        }
    }

    /** An order that is entered over several pages. */
    record Order(String item, int pieces) {}

    record Price(BigDecimal amount) {}

    @Controller
    @SessionAttributes("order")
    static class Wizard {

        @ModelAttribute("order")
        Order order() {
            return new Order("nothing", 0);
        }

        @GetMapping("/wizard")
        @ResponseBody
        String show(@ModelAttribute("order") Order order) {
            return order.pieces() + " of " + order.item();
        }

        @GetMapping("/wizard/choose")
        String choose(@RequestParam String item, Model model) {
            model.addAttribute("order", new Order(item, 3));
            return "redirect:/wizard";
        }

        @GetMapping("/wizard/done")
        String done(SessionStatus status) {
            status.setComplete();
            return "redirect:/wizard";
        }

        @GetMapping("/redirect")
        String redirect(RedirectAttributes attributes) {
            attributes.addFlashAttribute("message", "It is saved");
            attributes.addFlashAttribute("flashed", new Order("pens", 2));
            return "redirect:/shown";
        }

        @GetMapping("/redirect/with-prices")
        String redirectWithPrices(RedirectAttributes attributes) {
            attributes.addFlashAttribute("message", new BigDecimal("19.90"));
            attributes.addFlashAttribute("flashed", new Price(new BigDecimal("12345678901234567.890")));
            return "redirect:/shown";
        }

        @GetMapping("/redirect/with-doubles")
        String redirectWithDoubles(RedirectAttributes attributes) {
            attributes.addFlashAttribute("flashed", List.of(1.5, 12345678.0));
            return "redirect:/shown-doubles";
        }

        @GetMapping("/shown-doubles")
        @ResponseBody
        String shownDoubles(@ModelAttribute("flashed") List<Double> doubles) {
            double sum = 0;
            for (double each : doubles) {
                sum += each;
            }
            return String.valueOf(sum);
        }

        @GetMapping("/redirect/to/{page}")
        String redirectTo(@PathVariable String page, RedirectAttributes attributes) {
            attributes.addFlashAttribute("message", "for " + page);
            return "redirect:/shown/" + page;
        }

        @GetMapping("/servlet/logout-with-a-message")
        String logoutWithAMessage(HttpServletRequest request, RedirectAttributes attributes) throws ServletException {
            request.logout();
            attributes.addFlashAttribute("message", "bye");
            return "redirect:/shown";
        }

        @GetMapping("/redirect/with-orders")
        String redirectWithAList(RedirectAttributes attributes) {
            attributes.addFlashAttribute("flashed", List.of(new Order("pens", 2)));
            return "redirect:/shown";
        }

        @GetMapping("/redirect/with-a-timer")
        String redirectWithWhatIsNotAllowed(RedirectAttributes attributes) {
            attributes.addFlashAttribute("timer", new Timer(true));
            return "redirect:/shown";
        }

        @GetMapping({"/shown", "/shown/*"})
        @ResponseBody
        String shown(Model model) {
            Map<String, Object> all = model.asMap();
            return all.get("message") + ", " + all.get("flashed");
        }
    }
}
