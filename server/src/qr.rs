//! QR codes: for a page (SVG), for whoever shows pictures (PNG), and for a terminal. Black on white, with the quiet zone
//! of four modules that the standard asks for (ISO/IEC 18004).

use qrcode::types::{Color, QrError};
use qrcode::{EcLevel, QrCode};

/// Modules of white around the code.
const QUIET: usize = 4;
/// Pixels of a module in the PNG.
const SCALE: usize = 6;

/// Why there is no code.
#[derive(Debug, thiserror::Error)]
pub enum QrCodeError {
    /// More text than a code holds.
    #[error("the text does not fit into a QR code: {0}")]
    TooLong(#[from] QrError),
    /// The PNG could not be written.
    #[error(transparent)]
    Png(#[from] png::EncodingError),
}

/// The modules of a code with its quiet zone, row by row; `true` is black.
fn rows(text: &str) -> Result<Vec<Vec<bool>>, QrCodeError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let width = code.width();
    let quiet = || std::iter::repeat_n(false, QUIET);
    let white = vec![false; width + 2 * QUIET];
    let colors = code.into_colors();
    let inner = colors
        .chunks(width)
        .map(|row| quiet().chain(row.iter().map(|color| *color == Color::Dark)).chain(quiet()).collect());
    let above = std::iter::repeat_n(white.clone(), QUIET);
    let below = std::iter::repeat_n(white, QUIET);
    Ok(above.chain(inner).chain(below).collect())
}

/// An SVG image that scales to any size.
pub fn svg(text: &str) -> Result<String, QrCodeError> {
    let rows = rows(text)?;
    let size = rows.len();
    let mut path = String::new();
    for (y, row) in rows.iter().enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|left, right| left == right) {
            if run.first() == Some(&true) {
                path.extend(["M", &x.to_string(), " ", &y.to_string()]);
                let width = run.len().to_string();
                path.extend(["h", &width, "v1h-", &width, "z"]);
            }
            x += run.len();
        }
    }
    Ok(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><rect width="{size}" height="{size}" fill="#fff"/><path d="{path}" fill="#000"/></svg>"##
    ))
}

/// A greyscale PNG, six pixels a module.
pub fn png(text: &str) -> Result<Vec<u8>, QrCodeError> {
    let rows = rows(text)?;
    let side = rows.len() * SCALE;
    let pixels: Vec<u8> = rows
        .iter()
        .flat_map(|row| {
            let line: Vec<u8> =
                row.iter().flat_map(|dark| std::iter::repeat_n(if *dark { 0 } else { 255 }, SCALE)).collect();
            std::iter::repeat_n(line, SCALE).flatten()
        })
        .collect();
    // A code has at most 177 modules, so its side fits.
    let side = u32::try_from(side).unwrap_or(u32::MAX);
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(out)
}

/// Half blocks for a terminal, two modules a character, written for light text on dark ground.
pub fn terminal(text: &str) -> Result<String, QrCodeError> {
    let rows = rows(text)?;
    let mut out = String::new();
    for pair in rows.chunks(2) {
        let [upper, lower @ ..] = pair else { continue };
        let lower = lower.first();
        for (x, dark) in upper.iter().enumerate() {
            let below = lower.and_then(|row| row.get(x)).copied().unwrap_or(true);
            out.push(match (*dark, below) {
                (false, false) => '█',
                (false, true) => '▀',
                (true, false) => '▄',
                (true, true) => ' ',
            });
        }
        out.push('\n');
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "https://auth.example.jp/e#v=1&t=Zmh6rfhivXdsj8GLjp-OIAiXFIVu4jOzkCpZHQ1fKSU&s=\
                        AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI&k=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI&n=1";

    fn read(side: usize, dark: impl Fn(usize, usize) -> bool) -> Option<String> {
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| if dark(x, y) { 0 } else { 255 });
        image.detect_grids().first().and_then(|grid| grid.decode().ok()).map(|(_, text)| text)
    }

    #[test]
    fn the_png_is_read_back_and_has_its_quiet_zone() {
        let bytes = png(TEXT).unwrap();
        let decoder = png::Decoder::new(std::io::Cursor::new(&bytes));
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let side = usize::try_from(reader.next_frame(&mut pixels).unwrap().width).unwrap();
        assert_eq!(read(side, |x, y| pixels[y * side + x] == 0).unwrap(), TEXT);
        let edge = QUIET * SCALE;
        let white = |x: usize, y: usize| pixels[y * side + x] == 255;
        assert!((0..side).all(|x| (0..edge).all(|y| white(x, y) && white(y, x))));
        assert!(!white(edge, edge), "the finder pattern begins behind the quiet zone");
    }

    #[test]
    fn the_terminals_form_is_read_back() {
        let lines: Vec<Vec<char>> =
            terminal(TEXT).unwrap().lines().map(|line| line.chars().collect()).collect();
        let side = lines[0].len() * 4;
        let dark = |x: usize, y: usize| {
            let (x, y) = (x / 4, y / 4);
            let Some(character) = lines.get(y / 2).and_then(|line| line.get(x)) else { return false };
            match character {
                '█' => false,
                '▀' => y % 2 == 1,
                '▄' => y % 2 == 0,
                _ => true,
            }
        };
        assert_eq!(read(side, dark).unwrap(), TEXT);
    }

    #[test]
    fn the_svg_has_as_much_black_as_the_code() {
        let image = svg("inkan").unwrap();
        let black: usize = rows("inkan").unwrap().iter().flatten().filter(|dark| **dark).count();
        let drawn: usize = image
            .split('h')
            .skip(1)
            .filter_map(|part| part.split_once('v').and_then(|(run, _)| run.parse::<usize>().ok()))
            .sum();
        assert_eq!(drawn, black);
        assert!(svg(&"x".repeat(5000)).is_err(), "more than a code holds");
    }
}
