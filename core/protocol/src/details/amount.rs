//! Decimal text: no sign, no exponent, no leading zero, no more decimals than the field has.

/// A currency that amounts and prices may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Currency {
    /// ISO 4217 code.
    pub code: &'static str,
    /// Decimals of its amounts (ISO 4217 minor unit).
    pub decimals: usize,
    /// The sign before the number, or the code with a space behind it.
    pub sign: &'static str,
}

/// The currencies, with their minor units by ISO 4217. `docs/display.md` lists the same.
const CURRENCIES: &[Currency] = &[
    Currency { code: "JPY", decimals: 0, sign: "¥" },
    Currency { code: "USD", decimals: 2, sign: "US$" },
    Currency { code: "EUR", decimals: 2, sign: "€" },
    Currency { code: "GBP", decimals: 2, sign: "£" },
    Currency { code: "AUD", decimals: 2, sign: "A$" },
    Currency { code: "NZD", decimals: 2, sign: "NZ$" },
    Currency { code: "CAD", decimals: 2, sign: "C$" },
    Currency { code: "CHF", decimals: 2, sign: "CHF " },
    Currency { code: "HKD", decimals: 2, sign: "HK$" },
    Currency { code: "SGD", decimals: 2, sign: "S$" },
    Currency { code: "CNY", decimals: 2, sign: "CNY " },
    Currency { code: "KRW", decimals: 0, sign: "₩" },
    Currency { code: "TWD", decimals: 2, sign: "NT$" },
    Currency { code: "THB", decimals: 2, sign: "฿" },
    Currency { code: "ZAR", decimals: 2, sign: "R " },
    Currency { code: "TRY", decimals: 2, sign: "TRY " },
    Currency { code: "MXN", decimals: 2, sign: "MX$" },
    Currency { code: "BRL", decimals: 2, sign: "R$" },
    Currency { code: "INR", decimals: 2, sign: "₹" },
];

impl Currency {
    /// The currency of an ISO 4217 code, if it is one of those that can be shown.
    pub fn of(code: &str) -> Option<Self> {
        CURRENCIES.iter().copied().find(|currency| currency.code == code)
    }

    /// All of them, in the order of `docs/display.md`.
    pub fn all() -> &'static [Self] {
        CURRENCIES
    }
}

/// What is wrong with a decimal text, if anything: digits, at most one point with 1 to `decimals` digits behind it, at
/// most 15 digits in all, no leading zero before another digit, above zero.
pub fn decimal_error(text: &str, decimals: usize) -> Option<&'static str> {
    let (whole, fraction) = match text.split_once('.') {
        None => (text, ""),
        Some((_, "")) => return Some("must have digits behind its point"),
        Some(parts) => parts,
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return Some("must be decimal text without sign or exponent");
    }
    if whole.len() > 1 && whole.starts_with('0') {
        return Some("must not have a leading zero");
    }
    if fraction.len() > decimals {
        return Some("has too many decimals");
    }
    if whole.len() + fraction.len() > 15 {
        return Some("must have at most 15 digits");
    }
    if text.bytes().all(|byte| matches!(byte, b'0' | b'.')) {
        return Some("must be above zero");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_text_has_one_spelling() {
        for right in ["1", "1250000", "0.5", "10.05", "999999999999999", "1.50"] {
            assert_eq!(decimal_error(right, 2), None, "{right}");
        }
        for wrong in [
            "",
            "0",
            "0.00",
            "-1",
            "+1",
            "01",
            "1.",
            ".5",
            "1e3",
            "1,000",
            "1.234",
            "1.2.3",
            "１",
            "9999999999999999",
        ] {
            assert!(decimal_error(wrong, 2).is_some(), "{wrong}");
        }
    }
}
