package dev.sessionstorage.sample;

import dev.sessionstorage.Session;
import dev.sessionstorage.Sessions;
import dev.sessionstorage.web.CurrentSession;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Lists a user's sessions and ends them. */
@Controller
@RequestMapping("/account/devices")
class DevicesController {

    private final Sessions sessions;

    DevicesController(Sessions sessions) {
        this.sessions = sessions;
    }

    /** A session as the page shows it. */
    record Line(String handle, String name, Instant createdAt, Instant lastUsed, boolean current) {

        static Line of(Sessions.Info info) {
            Object name = info.attributes().getOrDefault("device", "Unknown device");
            return new Line(info.handle(), name.toString(), info.createdAt(), info.lastUsed(), info.current());
        }

        public String createdText() {
            return Times.format(createdAt);
        }

        /** Shows no seconds: the last use is only known to within a tenth of the idle timeout. */
        public String lastUsedText() {
            Duration ago = Duration.between(lastUsed, Instant.now());
            return current || ago.toMinutes() < 5 ? "in use now" : "last used about " + Times.about(ago) + " ago";
        }
    }

    @GetMapping
    String show(@CurrentSession Session session, Principal user, Model model) {
        model.addAttribute("devices", devices(session, user));
        return "devices";
    }

    @PostMapping("/end")
    String end(
            @CurrentSession Session session, Principal user, @RequestParam String handle, RedirectAttributes redirect) {
        String name = devices(session, user).stream()
                .filter(device -> device.handle().equals(handle))
                .map(Line::name)
                .findFirst()
                .orElse("");
        boolean ended = sessions.end(user.getName(), handle);
        redirect.addFlashAttribute("message", ended ? name + " is signed out." : "That device was signed out already.");
        return "redirect:/account/devices";
    }

    @PostMapping("/end-others")
    String endOthers(@CurrentSession Session session, Principal user, RedirectAttributes redirect) {
        int ended = sessions.endOthers(user.getName(), session);
        redirect.addFlashAttribute(
                "message", ended == 1 ? "One other device is signed out." : ended + " other devices are signed out.");
        return "redirect:/account/devices";
    }

    private List<Line> devices(Session session, Principal user) {
        return sessions.list(user.getName(), session, "device").stream()
                .map(Line::of)
                .sorted(Comparator.comparing(Line::current)
                        .thenComparing(Line::lastUsed)
                        .reversed())
                .toList();
    }
}
