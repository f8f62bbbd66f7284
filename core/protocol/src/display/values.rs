//! The patterns: how numbers, money, moments and composed values are written.

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use unicode_normalization::UnicodeNormalization as _;

use super::{DisplayError, texts};
use crate::details::{Currency, Locale, Price};
use crate::ids::NumericDate;

/// A zone by its IANA name, from the tables that are compiled in. One zone has one spelling; `Etc/Unknown` is none.
pub(super) fn zone(name: &str) -> Result<TimeZone, DisplayError> {
    TimeZoneDatabase::bundled()
        .get(name)
        .ok()
        .filter(|zone| !zone.is_unknown() && zone.iana_name() == Some(name))
        .ok_or_else(|| DisplayError::UnknownZone(name.into()))
}

/// `2026/11/25 14:05:09 UTC+09:00`: to the second and with the offset, so that no two moments look the same, not even
/// in the hour that a zone lives through twice. An offset with odd seconds (before 1972) shows them too.
pub(super) fn time(time: NumericDate, zone: &TimeZone) -> Result<String, DisplayError> {
    if !super::is_showable_time(time) {
        return Err(DisplayError::Time);
    }
    let seconds = i64::try_from(time).map_err(|_| DisplayError::Time)?;
    let moment = Timestamp::from_second(seconds).map_err(|_| DisplayError::Time)?;
    let local = zone.to_datetime(moment);
    let offset = zone.to_offset(moment).seconds();
    let (sign, ahead) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
    let mut text = format!(
        "{:04}/{:02}/{:02} {:02}:{:02}:{:02} UTC{sign}{:02}:{:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second(),
        ahead / 3600,
        ahead / 60 % 60,
    );
    match ahead % 60 {
        0 => {}
        seconds => text.extend([":".to_owned(), format!("{seconds:02}")]),
    }
    Ok(text)
}

/// `1250000.50` → `1,250,000.50`: the whole part in groups of three, the decimals as given.
pub(super) fn grouped(decimal: &str) -> String {
    let (whole, point, fraction) = match decimal.split_once('.') {
        Some((whole, fraction)) => (whole, ".", fraction),
        None => (decimal, "", ""),
    };
    let mut text = String::with_capacity(decimal.len() * 2);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + point + fraction
}

/// `¥1,250,000`. A currency without a sign here stands as its code; the check of details refuses it before.
pub(super) fn money(value: &str, currency: &str) -> String {
    match Currency::of(currency) {
        Some(known) => format!("{}{}", known.sign, grouped(value)),
        None => format!("{currency} {}", grouped(value)),
    }
}

/// `指値 ¥2,950.5` or `成行`.
pub(super) fn price(price: &Price, locale: Locale) -> String {
    match price {
        Price::Limit { value, currency } => format!("{} {}", texts::limit(locale), money(value, currency)),
        Price::Market {} => texts::market(locale).into(),
    }
}

/// `東京都付近（推定）`.
pub(super) fn estimated(place: &str, locale: Locale) -> String {
    format!("{place}{}", texts::estimated(locale))
}

/// Members of one detail on one line, with a space between. Spaces within a member become no-break spaces (U+00A0,
/// which no member may hold): lines break between members, and where one ends is never in doubt.
pub(super) fn joined(parts: &[Option<&String>]) -> String {
    let parts: Vec<String> = parts.iter().flatten().map(|part| part.replace(' ', "\u{a0}")).collect();
    parts.join(" ")
}

/// A label as it is compared: compatibility form (NFKC), lower case, letters and digits alone.
pub(super) fn folded(label: &str) -> String {
    label.nfkc().flat_map(char::to_lowercase).filter(|character| character.is_alphanumeric()).collect()
}
