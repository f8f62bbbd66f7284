//! What leaves as a line of a log: without addresses (of mail, of pages and of the network), numbers and anything that
//! could be a key, a code or a token.
//!
//! Errors of this crate hold nothing personal by design. This is the second line, for words of platforms and libraries
//! that are passed on.

mod addresses;

use addresses::{Piece, pieces};

/// Stands where something was taken out.
const MASK: &str = "[…]";
/// Stands where an address of the network was.
const ADDRESS: &str = "[ip]";
/// A run of letters, digits, `-`, `_` this long may be a key, an id or a token.
const LONGEST_WORD: usize = 24;
/// So many digits in a row may be a code or an account.
const LONGEST_NUMBER: usize = 4;

/// The text with what may be secret or personal replaced: long runs of base64url or hexadecimal characters, numbers of
/// five digits and more, whatever follows `://` up to the end of the word, words with `@`, and addresses of the network,
/// IPv4 and IPv6 (as `[ip]`).
pub fn redact(text: &str) -> String {
    let mut redacted = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let space = piece.strip_prefix(word).unwrap_or_default();
        if word.contains('@') {
            redacted.push_str(MASK);
        } else if let Some((scheme, _)) = word.split_once("://") {
            push_word(&mut redacted, scheme);
            redacted.push_str("://");
            redacted.push_str(MASK);
        } else {
            push_word(&mut redacted, word);
        }
        redacted.push_str(space);
    }
    redacted
}

/// A word without its addresses, and what is left of it without the rest.
fn push_word(redacted: &mut String, word: &str) {
    for piece in pieces(word) {
        match piece {
            Piece::Address => redacted.push_str(ADDRESS),
            Piece::Other(text) => push_runs(redacted, &text),
        }
    }
}

/// Runs of key characters, with the long ones masked.
fn push_runs(redacted: &mut String, word: &str) {
    let mut run = String::new();
    for character in word.chars() {
        if character.is_alphanumeric() || character == '-' || character == '_' {
            run.push(character);
        } else {
            push_run(redacted, &run);
            run.clear();
            redacted.push(character);
        }
    }
    push_run(redacted, &run);
}

fn push_run(redacted: &mut String, run: &str) {
    let mut digits = 0;
    let most_digits = run.chars().map(|character| {
        digits = if character.is_numeric() { digits + 1 } else { 0 };
        digits
    });
    let most_digits = most_digits.max().unwrap_or_default();
    // names of codes are long words too, but hold neither digits nor capitals
    let is_name = run.chars().all(|character| character.is_lowercase() || character == '_');
    if most_digits > LONGEST_NUMBER || (run.chars().count() >= LONGEST_WORD && !is_name) {
        redacted.push_str(MASK);
    } else {
        redacted.push_str(run);
    }
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn secrets_and_persons_are_taken_out() {
        for (text, redacted) in [
            ("answered with status 503", "answered with status 503"),
            ("call=approve error=refused.number_wrong", "call=approve error=refused.number_wrong"),
            ("get https://auth.example.jp/d/v1/x?k=1: refused", "get https://[…] refused"),
            ("for hanako@example.jp now", "for […] now"),
            ("code 123456 was typed", "code […] was typed"),
            ("kid=Xw3Qm5u9vB2aLr8sT1kYpE0zH6jN4cGd.", "kid=[…]."),
            ("id 019ac1f2-7d3e-7c44-9f5a-1234567890ab", "id […]"),
            ("口座 ***0123 と 1234567", "口座 ***0123 と […]"),
            ("invalid_input.enrollment_is_not_at_this_step", "invalid_input.enrollment_is_not_at_this_step"),
        ] {
            assert_eq!(redact(text), redacted);
        }
    }
}
