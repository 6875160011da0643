package dev.sessionstorage.sample;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.web.CurrentSession;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The stamp card. Many requests of one or several tabs write to one session at once, and no stamp is lost. */
@Controller
@RequestMapping("/stamps")
class StampController {

    private static final String COUNT = "stampCount";
    private static final String PREFIX = "stamp-";
    private static final int PLACES = 120;
    private static final Pattern STAMP = Pattern.compile("[a-z0-9]{6}-\\d{1,2}");

    /** A pause between read and write, like a slow query, in which other requests can intervene. */
    private static final Duration THINKING = Duration.ofMillis(50);

    private final SessionStorage storage;

    StampController(SessionStorage storage) {
        this.storage = storage;
    }

    /** One request's stamp, with the press of the button that made it and that press's colour. */
    record Stamp(String press, int colour) {}

    /** The result of a stamp: how many other requests have stamped the card between this one's read and write. */
    record Stamped(int others) {}

    @GetMapping
    String show(@CurrentSession Session session, Model model) {
        List<String> names = session.data().keySet().stream()
                .filter(name -> name.startsWith(PREFIX))
                .map(name -> name.substring(PREFIX.length(), name.lastIndexOf('-')))
                .toList();
        List<String> presses = names.stream().distinct().toList();
        model.addAttribute(
                "stamps",
                names.stream()
                        .map(press -> new Stamp(press, presses.indexOf(press) % 4))
                        .toList());
        model.addAttribute("count", count(session));
        model.addAttribute("places", PLACES);
        return "stamps";
    }

    /** A form sends one request at a time. */
    @PostMapping
    String stampOne(@CurrentSession Session session, RedirectAttributes redirect) {
        boolean full = count(session) >= PLACES;
        if (!full) {
            stamp(session, UUID.randomUUID().toString().substring(0, 6) + "-0");
        }
        redirect.addFlashAttribute("message", full ? "This card is full: take a new one." : "One stamp more.");
        return "redirect:/stamps";
    }

    /** Handles one of the script's requests. Commits explicitly, to read the stored count afterwards. */
    @PostMapping(params = "name")
    @ResponseBody
    Stamped stampOneOfMany(@CurrentSession Session session, @RequestParam String name) {
        int read = count(session);
        if (!STAMP.matcher(name).matches() || read >= PLACES) {
            throw new ResponseStatusException(HttpStatus.UNPROCESSABLE_CONTENT, "There is no place for this stamp");
        }
        LockSupport.parkNanos(THINKING.toNanos());
        stamp(session, name);
        storage.commitSession(session);
        return new Stamped(count(session) - 1 - read);
    }

    @PostMapping("/new")
    String startAgain(@CurrentSession Session session, RedirectAttributes redirect) {
        session.data().keySet().stream()
                .filter(name -> name.startsWith(PREFIX) || name.equals(COUNT))
                .forEach(session::unset);
        redirect.addFlashAttribute("message", "Here is a new card.");
        return "redirect:/stamps";
    }

    private static void stamp(Session session, String name) {
        session.set(PREFIX + name, true);
        session.update(COUNT, Integer.class, count -> count == null ? 1 : count + 1);
    }

    private static int count(Session session) {
        Integer count = session.get(COUNT, Integer.class);
        return count == null ? 0 : count;
    }
}
