package dev.sessionstorage.sample;

import dev.sessionstorage.Session;
import dev.sessionstorage.web.CurrentSession;
import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The shop's shelves and the basket, which lives in the session. */
@Controller
class BasketController {

    private final Catalogue catalogue;

    BasketController(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** A product and its quantity in the basket. Its methods are public because the pages' expressions call them. */
    record Line(Product product, int quantity) {
        public Price price() {
            return product.price().times(quantity);
        }

        public boolean isFull() {
            return quantity == Basket.MOST_OF_ONE;
        }
    }

    @GetMapping("/")
    String shop(@CurrentSession Session session, Model model) {
        model.addAttribute("lines", lines(session, 0));
        return "shop";
    }

    @GetMapping("/basket")
    String basket(@CurrentSession Session session, Model model) {
        List<Line> lines = lines(session, 1);
        model.addAttribute("lines", lines);
        model.addAttribute("total", lines.stream().map(Line::price).reduce(new Price(0), Price::plus));
        return "basket";
    }

    @PostMapping("/basket/{product}/plus")
    String plus(
            @CurrentSession Session session,
            @PathVariable("product") String id,
            @RequestParam(defaultValue = "false") boolean shop,
            RedirectAttributes redirect) {
        Product product = product(id);
        boolean first = Basket.of(session).quantity(id) == 0;
        Basket.add(session, product, 1);
        if (first) {
            redirect.addFlashAttribute("message", product.name() + " added to your basket.");
        }
        return back(shop, product);
    }

    @PostMapping("/basket/{product}/minus")
    String minus(
            @CurrentSession Session session,
            @PathVariable("product") String id,
            @RequestParam(defaultValue = "false") boolean shop,
            RedirectAttributes redirect) {
        Product product = product(id);
        Basket.add(session, product, -1);
        if (Basket.of(session).quantity(id) == 0) {
            redirect.addFlashAttribute("message", product.name() + " removed from your basket.");
        }
        return back(shop, product);
    }

    /** Returns the catalogue's products with at least this quantity in the basket. */
    private List<Line> lines(Session session, int least) {
        Basket basket = Basket.of(session);
        return catalogue.products().stream()
                .map(product -> new Line(product, basket.quantity(product.id())))
                .filter(line -> line.quantity() >= least)
                .toList();
    }

    private Product product(String id) {
        Product product = catalogue.find(id);
        if (product == null) {
            throw new NoSuchProductException(id);
        }
        return product;
    }

    private static String back(boolean shop, Product product) {
        return "redirect:" + (shop ? "/#" : "/basket#") + product.id();
    }
}
