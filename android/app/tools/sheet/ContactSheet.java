import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Many pictures on one sheet, for eyes: {@code java ContactSheet.java OUTPUT.png COLUMNS WIDTH PICTURE.png…}, each scaled
 * to WIDTH pixels, with its name below.
 */
public final class ContactSheet {
    private static final int GAP = 12;
    private static final int CAPTION = 18;

    public static void main(String[] arguments) throws Exception {
        int columns = Integer.parseInt(arguments[1]);
        int width = Integer.parseInt(arguments[2]);
        List<Path> pictures = new ArrayList<>();
        for (int i = 3; i < arguments.length; i++) pictures.add(Path.of(arguments[i]));
        List<BufferedImage> images = new ArrayList<>();
        int highest = 0;
        for (Path picture : pictures) {
            BufferedImage image = ImageIO.read(picture.toFile());
            int height = image.getHeight() * width / image.getWidth();
            BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            Graphics2D g = scaled.createGraphics();
            g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            g.drawImage(image, 0, 0, width, height, null);
            g.dispose();
            images.add(scaled);
            highest = Math.max(highest, height);
        }
        int rows = (images.size() + columns - 1) / columns;
        int cell = highest + CAPTION + GAP;
        BufferedImage sheet = new BufferedImage(columns * (width + GAP) + GAP, rows * cell + GAP, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = sheet.createGraphics();
        g.setColor(new Color(0x9090A0));
        g.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        g.setColor(Color.BLACK);
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        for (int i = 0; i < images.size(); i++) {
            int x = GAP + i % columns * (width + GAP);
            int y = GAP + i / columns * cell;
            g.drawImage(images.get(i), x, y, null);
            g.drawString(pictures.get(i).getFileName().toString().replace(".png", ""), x, y + images.get(i).getHeight() + CAPTION - 5);
        }
        g.dispose();
        File output = new File(arguments[0]);
        Files.createDirectories(output.toPath().toAbsolutePath().getParent());
        ImageIO.write(sheet, "png", output);
    }
}
