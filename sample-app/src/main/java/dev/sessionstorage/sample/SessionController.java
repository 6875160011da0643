package dev.sessionstorage.sample;

import dev.sessionstorage.Session;
import dev.sessionstorage.web.CurrentSession;
import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Shows what the server knows about the visitor's session, but never its id. */
@Controller
class SessionController {

    @GetMapping("/session")
    String show(@CurrentSession Session session, Model model) {
        model.addAttribute("facts", SessionFacts.of(session));
        return "session";
    }

    @PostMapping("/session/count")
    String count(@CurrentSession Session session) {
        session.update("count", Integer.class, count -> count == null ? 1 : count + 1);
        return "redirect:/session";
    }

    @PostMapping("/session/rotate")
    String rotate(@CurrentSession Session session, RedirectAttributes redirect) {
        redirect.addFlashAttribute("message", "Your session has moved to a new id. The old one is dead.");
        redirect.addFlashAttribute("deadId", SessionFacts.id(session));
        session.rotateId();
        return "redirect:/session";
    }

    @PostMapping("/session/destroy")
    String destroy(HttpServletRequest request) {
        RequestSession.of(request).destroy();
        return "redirect:/session?destroyed";
    }
}
