//! Reading a QR code as a camera does: the SVG is drawn, the drawing is decoded.

use rqrr::PreparedImage;

/// Pixels of a module.
const SCALE: usize = 4;

/// The text of the only code in a picture of ours: black runs of one row each, on white.
pub(crate) fn read_qr(svg: &str) -> String {
    let size: usize = between(svg, "viewBox=\"0 0 ", " ").parse().unwrap();
    let mut black = vec![false; size * size];
    for run in between(svg, " d=\"M", "\"").split('M') {
        let (x, rest) = run.split_once(' ').unwrap();
        let (y, rest) = rest.split_once('h').unwrap();
        let (length, _) = rest.split_once('v').unwrap();
        let (x, y, length): (usize, usize, usize) =
            (x.parse().unwrap(), y.parse().unwrap(), length.parse().unwrap());
        black[y * size + x..][..length].fill(true);
    }
    let pixels = size * SCALE;
    let mut picture = PreparedImage::prepare_from_greyscale(pixels, pixels, |x, y| {
        if black[y / SCALE * size + x / SCALE] { 0 } else { 255 }
    });
    let found = picture.detect_grids();
    assert_eq!(found.len(), 1, "one code in the picture");
    found[0].decode().unwrap().1
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split_once(after).unwrap().0
}
