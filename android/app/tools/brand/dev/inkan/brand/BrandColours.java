package dev.inkan.brand;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * A broker's brand, checked before it is built in: the app takes a name, a logo and one colour for each scheme, and
 * nothing else. A colour that could be read as buy, sell or "all is well", or that text on it or beside it could not be
 * read on, stays in the logo; what is pressed is ink then. The reason is printed.
 *
 * <p>Run by {@code resources.sh}: {@code java BrandColours.java BRAND_FOLDER OUTPUT_RES_FOLDER}. The folder holds
 * {@code brand.properties} ({@code name}, {@code name.ja}, {@code colour}, {@code colour.dark}; colours as RRGGBB).
 */
public final class BrandColours {
    private BrandColours() {}

    /** What the rules need to know of a scheme: its grounds, its ink, and what is written on ink. */
    enum Scheme {
        LIGHT(new int[] {0xF5F4F6, 0xFFFFFF, 0xEEECF0}, 0xFFFFFF, 0x201B26, 0xFFFFFF),
        DARK(new int[] {0x141117, 0x1D1A21, 0x28242D}, 0x1D1A21, 0xEDE9F1, 0x28142F);

        final int[] grounds;
        final int sheet;
        final int ink;
        final int onInk;

        Scheme(int[] grounds, int sheet, int ink, int onInk) {
            this.grounds = grounds;
            this.sheet = sheet;
            this.ink = ink;
            this.onInk = onInk;
        }
    }

    /** The colours of what is pressed; {@code adjusted} says why they are ink, or is null where the brand's own is used. */
    public record Act(int act, int onAct, int actSoft, String adjusted) {}

    /** Contrast that text needs, WCAG 2.2, 1.4.3. */
    static final double READABLE = 4.5;

    private static final int WHITE = 0xFFFFFF;
    private static final int DARK_PLUM = 0x28142F;
    private static final double COLOURFUL = 0.05;
    private static final double ACT_SOFT = 0.11;

    /** The colours of what is pressed, of a light scheme. */
    public static Act light(int brand) {
        return decide(brand, Scheme.LIGHT);
    }

    /** The colours of what is pressed, of a dark scheme. */
    public static Act dark(int brand) {
        return decide(brand, Scheme.DARK);
    }

    private static Act decide(int brand, Scheme scheme) {
        String why = objection(brand, scheme);
        int act = why == null ? brand : scheme.ink;
        int onAct = why == null ? writingOn(brand) : scheme.onInk;
        return new Act(act, onAct, mix(act, scheme.sheet, ACT_SOFT), why);
    }

    private static String objection(int brand, Scheme scheme) {
        double[] chromaAndHue = chromaAndHue(brand);
        double hue = chromaAndHue[1];
        if (chromaAndHue[0] >= COLOURFUL) {
            if (hue <= 50) return "its hue (" + Math.round(hue) + ") is red, which means buy";
            if (hue >= 125 && hue <= 175) return "its hue (" + Math.round(hue) + ") is green";
            if (hue >= 230 && hue <= 280) return "its hue (" + Math.round(hue) + ") is blue, which means sell";
        }
        if (contrast(brand, writingOn(brand)) < READABLE) return "nothing written on it can be read";
        for (int ground : scheme.grounds) {
            if (contrast(brand, ground) < READABLE) return "it cannot be read on " + hex(ground);
        }
        return null;
    }

    private static int writingOn(int colour) {
        return contrast(colour, WHITE) >= contrast(colour, DARK_PLUM) ? WHITE : DARK_PLUM;
    }

    /** Contrast of two colours, WCAG 2.2: 1 to 21. */
    public static double contrast(int a, int b) {
        double la = luminance(a);
        double lb = luminance(b);
        return (Math.max(la, lb) + 0.05) / (Math.min(la, lb) + 0.05);
    }

    private static double luminance(int colour) {
        return 0.2126 * linear(colour >> 16) + 0.7152 * linear(colour >> 8) + 0.0722 * linear(colour);
    }

    private static double linear(int channel) {
        double c = (channel & 0xFF) / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }

    /** Chroma and hue in OKLCH (https://bottosson.github.io/posts/oklab/); the hue in degrees, 0 up to 360. */
    static double[] chromaAndHue(int colour) {
        double r = linear(colour >> 16);
        double g = linear(colour >> 8);
        double b = linear(colour);
        double l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
        double m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
        double s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
        double x = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s;
        double y = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s;
        double hue = Math.toDegrees(Math.atan2(y, x));
        return new double[] {Math.hypot(x, y), hue < 0 ? hue + 360 : hue};
    }

    private static int mix(int over, int ground, double share) {
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            double channel = ((over >> shift) & 0xFF) * share + ((ground >> shift) & 0xFF) * (1 - share);
            mixed |= (int) Math.round(channel) << shift;
        }
        return mixed;
    }

    private static String hex(int colour) {
        return String.format(Locale.ROOT, "%06X", colour);
    }

    /** Reads the brand and writes {@code values*}/brand.xml. */
    public static void main(String[] arguments) throws IOException {
        Properties brand = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(arguments[0], "brand.properties"))) {
            brand.load(reader);
        }
        Path res = Path.of(arguments[1]);
        Act light = light(colour(brand, "colour"));
        Act dark = dark(colour(brand, "colour.dark"));
        say("colour", light);
        say("colour.dark", dark);
        List<String> lines = colours(light);
        lines.add(name(brand, "name"));
        write(res.resolve("values"), lines);
        write(res.resolve("values-night"), colours(dark));
        write(res.resolve("values-ja"), List.of(name(brand, "name.ja")));
    }

    private static void say(String key, Act act) {
        if (act.adjusted() != null) System.out.println("brand: " + key + " stays in the logo: " + act.adjusted());
    }

    private static int colour(Properties brand, String key) {
        String value = brand.getProperty(key, "").trim();
        if (!value.matches("[0-9A-Fa-f]{6}")) {
            throw new IllegalArgumentException("brand.properties: " + key + " must be six hexadecimal digits, RRGGBB");
        }
        return Integer.parseInt(value, 16);
    }

    private static String name(Properties brand, String key) {
        String value = brand.getProperty(key, "").trim();
        if (value.isEmpty() || value.matches(".*[<>&\"'\\\\@?].*")) {
            throw new IllegalArgumentException("brand.properties: " + key + " must be a name without markup");
        }
        return "<string name=\"app_name\">" + value + "</string>";
    }

    private static List<String> colours(Act act) {
        List<String> lines = new ArrayList<>();
        lines.add("<color name=\"inkan_act\">#FF" + hex(act.act()) + "</color>");
        lines.add("<color name=\"inkan_on_act\">#FF" + hex(act.onAct()) + "</color>");
        lines.add("<color name=\"inkan_act_soft\">#FF" + hex(act.actSoft()) + "</color>");
        return lines;
    }

    private static void write(Path folder, List<String> lines) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("brand.xml"), "<resources>\n  " + String.join("\n  ", lines) + "\n</resources>\n");
    }
}
