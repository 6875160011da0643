package dev.sessionstorage.sample;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.web.CurrentSession;
import jakarta.validation.Valid;
import org.springframework.beans.propertyeditors.StringTrimmerEditor;
import org.springframework.stereotype.Controller;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;

/** The pages to sign up, log in and log out. */
@Controller
class AccountController {

    private final Accounts accounts;
    private final SessionStorage storage;

    AccountController(Accounts accounts, SessionStorage storage) {
        this.accounts = accounts;
        this.storage = storage;
    }

    /** Phones add a space after a completed word. */
    @InitBinder
    void trim(WebDataBinder binder) {
        binder.registerCustomEditor(String.class, new StringTrimmerEditor(false));
    }

    @GetMapping("/signup")
    String signUpPage(@ModelAttribute("form") SignUpForm form) {
        return "signup";
    }

    @PostMapping("/signup")
    String signUp(
            @CurrentSession Session session, @Valid @ModelAttribute("form") SignUpForm form, BindingResult errors) {
        Account account = errors.hasErrors() ? null : accounts.signUp(form.username(), form.displayName());
        if (account == null) {
            if (!errors.hasErrors()) {
                errors.rejectValue("username", "taken", "This username is taken: try another one.");
            }
            return "signup";
        }
        accounts.logIn(session, account);
        session.flash("message", "Welcome, " + account.displayName() + ". Your account is ready.");
        return "redirect:/";
    }

    @GetMapping("/login")
    String logInPage(@ModelAttribute("form") LogInForm form) {
        return "login";
    }

    @PostMapping("/login")
    String logIn(@CurrentSession Session session, @Valid @ModelAttribute("form") LogInForm form, BindingResult errors) {
        Account account = errors.hasErrors() ? null : accounts.find(form.username());
        if (account == null) {
            if (!errors.hasErrors()) {
                errors.rejectValue("username", "unknown", "There is no account of that name.");
            }
            return "login";
        }
        accounts.logIn(session, account);
        session.flash("message", "Good to see you again, " + account.displayName() + ".");
        return "redirect:/";
    }

    /** A destroyed session can carry no flash message, so the goodbye is a query parameter. */
    @PostMapping("/logout")
    String logOut(@CurrentSession Session session) {
        storage.destroySession(session);
        return "redirect:/?goodbye";
    }
}
