package dev.sessionstorage.sample;

import dev.sessionstorage.Session;
import dev.sessionstorage.web.CurrentSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.propertyeditors.StringTrimmerEditor;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The sign-up, login and account pages. Spring Security handles the login form and the logout. */
@Controller
class AccountController {

    private final Accounts accounts;
    private final DirectLogin login;

    AccountController(Accounts accounts, DirectLogin login) {
        this.accounts = accounts;
        this.login = login;
    }

    /** The account as its page shows it. */
    record Facts(String username, String displayName, String since) {

        static Facts of(Account account) {
            return new Facts(account.username(), account.displayName(), Times.format(account.created()));
        }
    }

    /** Phones add a space after a completed word. */
    @InitBinder
    void trim(WebDataBinder binder) {
        binder.registerCustomEditor(String.class, "displayName", new StringTrimmerEditor(false));
        binder.registerCustomEditor(String.class, "username", new StringTrimmerEditor(false));
    }

    @GetMapping("/login")
    String logInPage(@CurrentSession Session session, Model model) {
        if (session.principal() != null) {
            return "redirect:/account";
        }
        model.addAttribute("username", Unsaved.take(session, "username"));
        model.addAttribute("unsaved", Unsaved.isKept(session, "packingNote"));
        return "login";
    }

    @GetMapping("/signup")
    String signUpPage(@CurrentSession Session session, Model model) {
        model.addAttribute(
                "form",
                new SignUpForm(
                        orEmpty(Unsaved.take(session, "displayName")),
                        orEmpty(Unsaved.take(session, "username")),
                        null));
        return "signup";
    }

    @PostMapping("/signup")
    String signUp(
            @Valid @ModelAttribute("form") SignUpForm form,
            BindingResult errors,
            RedirectAttributes redirect,
            HttpServletRequest request,
            HttpServletResponse response) {
        String password = form.password();
        if (errors.hasErrors() || password == null) {
            return "signup";
        }
        Account account = accounts.signUp(form.username(), form.displayName(), password);
        if (account == null) {
            errors.rejectValue("username", "taken", "This username is taken: try another one.");
            return "signup";
        }
        login.logIn(account.username(), password, request, response);
        redirect.addFlashAttribute("message", "Welcome, " + account.displayName() + ". Your account is ready.");
        return "redirect:/";
    }

    @GetMapping("/account")
    String account(@CurrentSession Session session, Principal user, Model model) {
        Account account = accounts.get(user.getName());
        String typed = Unsaved.take(session, "packingNote");
        model.addAttribute("unsaved", typed != null);
        model.addAttribute("form", new PackingNoteForm(typed == null ? account.packingNote() : typed));
        model.addAttribute("account", Facts.of(account));
        return "account";
    }

    @PostMapping("/account")
    String savePackingNote(
            Principal user,
            @Valid @ModelAttribute("form") PackingNoteForm form,
            BindingResult errors,
            Model model,
            RedirectAttributes redirect) {
        if (errors.hasErrors()) {
            model.addAttribute("account", Facts.of(accounts.get(user.getName())));
            return "account";
        }
        accounts.savePackingNote(user.getName(), form.packingNote());
        redirect.addFlashAttribute("message", "Your packing note is saved.");
        return "redirect:/account";
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
