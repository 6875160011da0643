package dev.sessionstorage.sample;

import dev.sessionstorage.Session;
import dev.sessionstorage.web.CurrentSession;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** The model of the frame that all pages share: the user and the size of the basket. */
@ControllerAdvice(
        assignableTypes = {
            BasketController.class,
            AccountController.class,
            DevicesController.class,
            StampController.class,
            SessionController.class
        })
class PageModel {

    @ModelAttribute
    void frame(@CurrentSession Session session, Model model) {
        model.addAttribute("displayName", session.principal() == null ? null : session.get("displayName"));
        model.addAttribute("basketSize", Basket.of(session).size());
    }
}
