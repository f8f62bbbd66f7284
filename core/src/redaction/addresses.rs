//! Finds addresses of the network in a word of a log: they say where a person is, or which server one uses.
//!
//! It takes a little more than addresses rather than leave one:
//!
//! * Four decimal numbers up to 255 with dots between them are an IPv4 address, also among more of them. `1.2.3.4` may be
//!   a version just as well, and nothing in it tells: it counts as a version only where `v` stands directly before it
//!   (`v1.2.3.4`). A slash does not make a version (`Chrome/120.0.0.0`), because systems write `name/address` too.
//!   Fewer numbers (`1.2.3`) and larger ones (`120.0.6099.109`) are no address.
//! * Groups of up to four hexadecimal digits are an IPv6 address if `::` is among them, or five colons or more: so a
//!   hardware address is one, and a time of day is none. Names between `::` are a path of Rust, unless each could be a
//!   group (`fade::bad`).

/// A word in pieces, in their order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Address,
    /// All that stands between two addresses.
    Other(String),
}

/// The pieces of a word. What is no address is all there.
pub(super) fn pieces(word: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = word;
    while !rest.is_empty() {
        let (plain, from_run) = split_where(rest, is_address_character);
        let (run, after) = split_where(from_run, |character| !is_address_character(character));
        push_other(&mut pieces, plain);
        let (before, _) = word.split_at(word.len() - from_run.len());
        match version_6(run, before, after) {
            Some(around) => push_found(&mut pieces, &around),
            None => push_version_4(&mut pieces, run, before),
        }
        rest = after;
    }
    pieces
}

/// What stands before an address, and after it.
struct Around<'a> {
    lead: &'a str,
    trail: &'a str,
}

fn push_found(pieces: &mut Vec<Piece>, around: &Around<'_>) {
    push_other(pieces, around.lead);
    pieces.push(Piece::Address);
    push_other(pieces, around.trail);
}

fn push_other(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Other(before)) => before.push_str(text),
        _ if text.is_empty() => {}
        _ => pieces.push(Piece::Other(text.to_owned())),
    }
}

/// Before the first character of this kind, and from there on.
fn split_where(text: &str, is_it: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(is_it).unwrap_or(text.len()))
}

fn is_address_character(character: char) -> bool {
    character.is_ascii_hexdigit() || character == ':' || character == '.'
}

fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// The one IPv6 address in a run of its characters. Where a name goes on beyond the run, its group is none of ours.
fn version_6<'a>(run: &'a str, before: &str, after: &str) -> Option<Around<'a>> {
    let mut address = run;
    if before.ends_with(is_name_character) {
        // `name:ADDRESS`, but not the path `name::name`
        let is_path = |rest: &str| rest.starts_with(':') && !rest.starts_with("::");
        address = address.split_once(':').map(|(_, rest)| rest).filter(|rest| !is_path(rest))?;
    } else if !address.starts_with("::") {
        address = address.strip_prefix(':').unwrap_or(address);
    }
    let (lead, _) = run.split_at(run.len() - address.len());
    let from_address = address;
    if after.starts_with(is_name_character) {
        address = address.rsplit_once(':')?.0;
    }
    address = address.trim_end_matches('.');
    // the colon of a sentence
    if address.ends_with(":::") || !address.ends_with("::") {
        address = address.strip_suffix(':').unwrap_or(address);
    }
    let (_, trail) = from_address.split_at(address.len());
    is_version_6(address).then_some(Around { lead, trail })
}

fn is_version_6(text: &str) -> bool {
    let (groups, last) = text.rsplit_once(':').unwrap_or_default();
    let is_group = |group: &str| group.len() <= 4 && group.chars().all(|digit| digit.is_ascii_hexdigit());
    let is_long = text.contains("::") || text.matches(':').count() >= 5;
    let has_digits = text.contains(|character: char| character.is_ascii_hexdigit());
    is_long && has_digits && groups.split(':').all(is_group) && (is_group(last) || is_version_4(last))
}

fn push_version_4(pieces: &mut Vec<Piece>, run: &str, before: &str) {
    let is_part = |character: char| character.is_ascii_digit() || character == '.';
    let mut rest = run;
    while !rest.is_empty() {
        let (plain, from_numbers) = split_where(rest, is_part);
        let (numbers, after) = split_where(from_numbers, |character| !is_part(character));
        push_other(pieces, plain);
        let address = numbers.trim_matches('.');
        let is_version = from_numbers.len() == run.len() && ends_in_version_letter(before);
        if is_version_4(address) && !is_version {
            let lead = numbers.len() - numbers.trim_start_matches('.').len();
            let (lead, from_address) = numbers.split_at(lead);
            let (_, trail) = from_address.split_at(address.len());
            push_found(pieces, &Around { lead, trail });
        } else {
            push_other(pieces, numbers);
        }
        rest = after;
    }
}

/// A `v` that is no part of a word.
fn ends_in_version_letter(before: &str) -> bool {
    before.strip_suffix(['v', 'V']).is_some_and(|word| !word.ends_with(is_name_character))
}

fn is_version_4(numbers: &str) -> bool {
    let mut in_a_row = 0;
    numbers.split('.').any(|number| {
        let is_byte = number.len() <= 3 && number.parse::<u8>().is_ok();
        in_a_row = if is_byte { in_a_row + 1 } else { 0 };
        in_a_row == 4
    })
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

    use proptest::prelude::*;

    use super::super::redact;

    #[test]
    fn addresses_go_and_what_looks_like_them_stays() {
        for (text, redacted) in [
            ("connect to 203.0.113.24:443: refused", "connect to [ip]:443: refused"),
            ("connect to /203.0.113.24:51820, refused.", "connect to /[ip]:[…], refused."),
            ("failed to reach auth.example.jp/203.0.113.24", "failed to reach auth.example.jp/[ip]"),
            ("peer=10.0.0.0/8 (203.0.113.24).", "peer=[ip]/8 ([ip])."),
            ("203.0.113.24.443 010.001.002.003 ip203.0.113.24から", "[ip] [ip] ip[ip]から"),
            ("203.0.113.24://x", "[ip]://[…]"),
            ("connect to [2001:db8::1]:443: refused", "connect to [[ip]]:443: refused"),
            ("2001:DB8::1: refused, 2001:db8::1.", "[ip]: refused, [ip]."),
            ("2001:db8::/32, fe80::1%wlan0 and ::1", "[ip]/32, [ip]%wlan0 and [ip]"),
            ("ip:2001:db8::1 addr:203.0.113.24から", "ip:[ip] addr:[ip]から"),
            ("::ffff:203.0.113.24 ::ffff:203.0.113.24:443", "[ip] ::ffff:[ip]:443"),
            ("2001:0db8:0000:0000:0000:0000:0000:0001:443", "[ip]"),
            ("of 2001:db8::1から de:ad:be:ef:00:01", "of [ip]から [ip]"),
            ("fade::bad of a path", "[ip] of a path"),
        ] {
            assert_eq!(redact(text), redacted);
        }
        for text in [
            "version 1.2.3, v1.2.3.4, (V10.0.0.1)",
            "Chrome 120.0.6099.109, 1.2.3.256, 1.2..3.4 and 1.2.3.",
            "at 12:34:56.789, 2026-11-25T14:05:09Z, 12:34",
            "core::fade::bad, bad::core, std::net::Ipv4Addr, ::, a: b",
            "status: 503 :443",
        ] {
            assert_eq!(redact(text), text);
        }
        assert_eq!(redact("Chrome/120.0.0.0 dev1.2.3.4 a.v1.2.3.4"), "Chrome/[ip] dev[ip] a.v1.2.3.4");
    }

    /// Every way in which one writes the same address.
    fn written(address: IpAddr, port: u16) -> Vec<String> {
        let socket = SocketAddr::new(address, port).to_string();
        let mut ways = vec![address.to_string(), address.to_string().to_uppercase(), socket];
        if let IpAddr::V6(address) = address {
            let groups = address.segments();
            ways.push(groups.map(|group| format!("{group:x}")).join(":"));
            ways.push(groups.map(|group| format!("{group:04x}")).join(":"));
        }
        ways
    }

    fn addresses() -> impl Strategy<Value = IpAddr> {
        prop_oneof![
            any::<u32>().prop_map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits))),
            any::<u128>().prop_map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits))),
            // short ones, with many zeros
            (any::<u128>(), 0_u32..128)
                .prop_map(|(bits, by)| IpAddr::V6(Ipv6Addr::from_bits((bits >> by).max(1)))),
            any::<u32>().prop_map(|bits| IpAddr::V6(Ipv4Addr::from_bits(bits).to_ipv6_mapped())),
        ]
    }

    proptest! {
        #[test]
        fn no_address_stays(
            address in addresses(),
            port in any::<u16>(),
            before in "(|.* |[a-uw-z]*[=(,/\\[\"']|peer:|から)",
            after in "(| .*|[,.:;)/\\]\"']( .*)?|から)",
        ) {
            for way in written(address, port) {
                let redacted = redact(&format!("{before}{way}{after}"));
                prop_assert!(!redacted.contains(&way), "{way}: {redacted}");
                // nor a half of it
                for half in way.split("::").filter(|half| half.matches([':', '.']).count() >= 2) {
                    prop_assert!(!redacted.contains(half), "{way}: {redacted}");
                }
            }
        }

        #[test]
        fn versions_stay(version in "[0-9]{1,3}(\\.[0-9]{1,3}){0,2}|v[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9]{1,3}\\.0\\.[3-9][0-9]{3}\\.[0-9]{1,3}") {
            for text in [format!("version {version}"), format!("({version}),"), format!("Chrome/{version}")] {
                prop_assert_eq!(redact(&text), text);
            }
        }

        #[test]
        fn times_stay(hour in 0..24, minute in 0..60, second in 0..60, part in 0..1000) {
            for text in [format!("{hour:02}:{minute:02}:{second:02}"), format!("at={hour}:{minute:02}:{second:02}.{part:03}")] {
                prop_assert_eq!(redact(&text), text);
            }
        }

        #[test]
        fn what_is_redacted_stays_as_it_is(text in "(.|[0-9a-f:.]{1,12}|://| ){0,12}") {
            let redacted = redact(&text);
            prop_assert_eq!(redact(&redacted), redacted);
        }
    }
}
