//! What a binding message (OpenID CIBA core §7.1) becomes here: 4 to 8 digits are the number, typed on the phone and not
//! shown there; any other text is shown, as a detail, so that the device signs it. Text that is only shown ties nothing
//! together: tier `none`.

use inkan_protocol::details::{Detail, Locale};
use inkan_protocol::text::{self, TextError};

use crate::policy::numbers::GivenNumber;

/// Most characters that are shown: those of a `text` detail.
const MOST: usize = 140;

/// What it becomes.
pub enum BindingMessage {
    /// Typed on the phone.
    Number(GivenNumber),
    /// Shown on the phone.
    Shown(Detail),
}

/// A message that cannot be shown well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindingMessageError {
    /// The characters.
    #[error("binding_message {0}; 4 to 8 digits are the number that the customer types")]
    Text(#[from] TextError),
    /// It looks like a number and is none.
    #[error("binding_message looks like a number, which has 4 to 8 ASCII digits and nothing else")]
    LooksLikeNumber,
}

/// Reads a binding message.
pub fn read(message: &str, locale: Locale) -> Result<BindingMessage, BindingMessageError> {
    if let Some(number) = GivenNumber::parse(message) {
        return Ok(BindingMessage::Number(number));
    }
    text::check(message, MOST)?;
    // shown, it would be typed where nothing is to be typed
    let separates = |character: char| character.is_whitespace() || matches!(character, '-' | '.' | '_');
    if message.chars().all(|character| character.is_numeric() || separates(character)) {
        return Err(BindingMessageError::LooksLikeNumber);
    }
    let label = match locale {
        Locale::Ja => "照合用メッセージ",
        Locale::En => "Message to compare",
    };
    Ok(BindingMessage::Shown(Detail::Text { label: label.to_owned(), value: message.to_owned() }))
}

#[cfg(test)]
mod tests {
    use inkan_protocol::details::{Operation, check};

    use super::*;

    #[test]
    fn four_to_eight_digits_are_the_number() {
        for number in ["0042", "123456", "12345678"] {
            let Ok(BindingMessage::Number(read)) = read(number, Locale::Ja) else { panic!("{number}") };
            assert_eq!((read.expose(), usize::from(read.digits())), (number, number.len()));
        }
    }

    #[test]
    fn other_text_is_a_detail_that_can_be_shown_in_both_languages() {
        for locale in [Locale::Ja, Locale::En] {
            let Ok(BindingMessage::Shown(detail)) = read("K-42 青い鳥", locale) else {
                panic!("{locale:?}")
            };
            assert_eq!(check(Operation::Login, &[detail]), Ok(()));
        }
    }

    #[test]
    fn what_cannot_be_shown_well_is_refused() {
        for wrong in ["", " a", "a\nb", "<b>", "see https://a.example", "a\u{202e}b", &"x".repeat(141)] {
            assert!(matches!(read(wrong, Locale::En), Err(BindingMessageError::Text(_))), "{wrong:?}");
        }
        for number in ["123", "123456789", "１２３４", "12-34", "12 34", "٣٤٥٦"] {
            let refused = read(number, Locale::En).err();
            assert_eq!(refused, Some(BindingMessageError::LooksLikeNumber), "{number:?}");
        }
    }
}
