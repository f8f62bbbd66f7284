//! What a string must be before anybody is shown it, whichever source it comes from.

use unicode_normalization::is_nfc;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// A string that cannot be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Empty, or longer than its field takes.
    #[error("must be 1 to {0} characters")]
    Length(usize),
    /// Not in Unicode normalization form C.
    #[error("must be in Unicode form NFC")]
    NotNfc,
    /// A blank letter, or a control, format, private-use, unassigned or line-separating character.
    #[error("must hold no control, format or private-use character")]
    Character,
    /// White space at the start or the end, or nothing but white space.
    #[error("must not begin or end with white space")]
    Space,
    /// Something that looks like markup or a link.
    #[error("must hold neither markup nor a link")]
    MarkupOrLink,
}

/// Checks a string that is shown: 1 to `most` characters (Unicode scalar values), NFC, no control, format, private-use
/// or unassigned character, no line or paragraph separator, no white space at its ends, no `<` or `>`, no link.
pub fn check(value: &str, most: usize) -> Result<(), TextError> {
    // Counting stops early: a field of a megabyte is not walked through.
    if value.is_empty() || value.chars().take(most + 1).count() > most {
        return Err(TextError::Length(most));
    }
    if value.chars().any(is_forbidden) {
        return Err(TextError::Character);
    }
    if !is_nfc(value) {
        return Err(TextError::NotNfc);
    }
    if value.trim() != value {
        return Err(TextError::Space);
    }
    let lower = value.to_ascii_lowercase();
    if value.contains(['<', '>']) || lower.contains("://") || lower.contains("www.") {
        return Err(TextError::MarkupOrLink);
    }
    Ok(())
}

/// Letters and marks that show nothing, or a gap that looks like nothing: a value of them alone would look empty.
const BLANK: [char; 8] =
    ['\u{34f}', '\u{115f}', '\u{1160}', '\u{17b4}', '\u{17b5}', '\u{2800}', '\u{3164}', '\u{ffa0}'];

/// Blank letters; control, format, surrogate, private use, unassigned, line and paragraph separators; and every space but the ordinary
/// and the ideographic one.
fn is_forbidden(character: char) -> bool {
    if BLANK.contains(&character) {
        return true;
    }
    match character.general_category() {
        GeneralCategory::Control
        | GeneralCategory::Format
        | GeneralCategory::Surrogate
        | GeneralCategory::PrivateUse
        | GeneralCategory::Unassigned
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator => true,
        GeneralCategory::SpaceSeparator => !matches!(character, ' ' | '\u{3000}'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_taken() {
        for right in
            ["山田 太郎", "みらい証券（デモ）", "Windows / Chrome", "A1B2-C3", "***4567", "Ａ　Ｂ", "é"]
        {
            assert_eq!(check(right, 64), Ok(()), "{right}");
        }
    }

    #[test]
    fn what_could_deceive_is_refused() {
        for (wrong, why) in [
            ("", TextError::Length(8)),
            ("123456789", TextError::Length(8)),
            ("a\nb", TextError::Character),
            ("a\tb", TextError::Character),
            ("a\u{202e}b", TextError::Character),
            ("a\u{200b}b", TextError::Character),
            ("a\u{2028}b", TextError::Character),
            ("a\u{e000}b", TextError::Character),
            ("a\u{a0}b", TextError::Character),
            ("\u{378}", TextError::Character),
            ("\u{3164}", TextError::Character),
            ("a\u{2800}b", TextError::Character),
            ("e\u{301}", TextError::NotNfc),
            (" a", TextError::Space),
            ("a\u{3000}", TextError::Space),
            ("<b>", TextError::MarkupOrLink),
            ("WWW.a", TextError::MarkupOrLink),
            ("ab://c", TextError::MarkupOrLink),
        ] {
            assert_eq!(check(wrong, 8), Err(why), "{wrong:?}");
        }
    }
}
