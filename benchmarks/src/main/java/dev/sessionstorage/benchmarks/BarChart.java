package dev.sessionstorage.benchmarks;

import java.util.List;
import java.util.Locale;

/** Horizontal bars in SVG, in colours that are legible on light and dark pages. */
final class BarChart {

    private static final int WIDTH = 760;
    private static final int LABELS = 330;
    private static final int BAR = 18;
    private static final int LINE = 24;
    private static final String OURS = "#2f8f5b";
    private static final String OTHER = "#8a8f98";

    private BarChart() {}

    static String svg(String title, List<Series> series) {
        double largest = series.stream().mapToDouble(Series::median).max().orElse(1);
        int height = 40 + LINE * series.size();
        StringBuilder svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
                .formatted(WIDTH, height, escape(title)));
        svg.append("<style>text{font:13px sans-serif;fill:#24292f}"
                + "@media(prefers-color-scheme:dark){text{fill:#e6edf3}}</style>\n");
        svg.append("<text x=\"0\" y=\"18\" font-weight=\"bold\">")
                .append(escape(title))
                .append("</text>\n");
        int y = 32;
        for (Series one : series) {
            double width = Math.max(1, one.median() / largest * (WIDTH - LABELS - 130));
            svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n"
                    .formatted(LABELS - 8, y + 14, escape(one.row() + ", " + one.contender())));
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n",
                    LABELS,
                    y,
                    width,
                    BAR,
                    one.isOurs() ? OURS : OTHER));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\">%s %s</text>\n",
                    LABELS + width + 6,
                    y + 14,
                    Series.number(one.median()),
                    one.unit()));
            y += LINE;
        }
        return svg.append("</svg>\n").toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
