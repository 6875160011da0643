package dev.sessionstorage.sample;

import dev.sessionstorage.Session;
import dev.sessionstorage.web.CurrentSession;
import org.springframework.http.HttpMethod;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** What every page's frame shows: who is logged in, how full the basket is, and the message of the request before. */
@ControllerAdvice(assignableTypes = {BasketController.class, AccountController.class, SessionController.class})
class PageModel {

    @ModelAttribute
    void frame(@CurrentSession Session session, HttpMethod method, Model model) {
        model.addAttribute("displayName", session.principal() == null ? null : session.get("displayName"));
        model.addAttribute("basketSize", Basket.of(session).size());
        // A form's request redirects: the message has to wait for the page behind it.
        if (method.equals(HttpMethod.GET)) {
            model.addAttribute("message", session.get("message"));
        }
    }
}
