//! Until when a certificate can be used, and from when on an operator should hear of it.

use inkan_protocol::ids::NumericDate;
use rustls::pki_types::CertificateDer;

const DAY: u64 = 24 * 3600;
/// An operator hears of it so long ahead.
const WARN_BEFORE: u64 = 14 * DAY;
/// Certificates may live for days alone: then in the last third of their life.
const LAST_PART: u64 = 3;

/// How long a chain of certificates can be used: as long as each of them can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    not_before: NumericDate,
    /// From then on an operator hears of its end.
    ends_soon_after: NumericDate,
    not_after: NumericDate,
}

/// Where a certificate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can be used, and for some time.
    Valid,
    /// It can be used, and ends soon.
    EndsSoon,
    /// It has ended.
    Ended,
    /// It cannot be used yet.
    NotYet,
}

impl Standing {
    /// For `/readyz`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::EndsSoon => "ends_soon",
            Self::Ended => "ended",
            Self::NotYet => "not_yet",
        }
    }
}

impl Validity {
    /// As of a certificate that says this.
    #[cfg(test)]
    pub(crate) fn between(not_before: NumericDate, not_after: NumericDate) -> Self {
        Self::new(not_before, not_after)
    }

    fn new(not_before: NumericDate, not_after: NumericDate) -> Self {
        let warns = WARN_BEFORE.min(not_after.saturating_sub(not_before) / LAST_PART);
        Self { not_before, ends_soon_after: not_after.saturating_sub(warns), not_after }
    }

    /// `None` for no certificate, and where one of them cannot be read.
    pub(super) fn of(chain: &[CertificateDer<'_>]) -> Option<Self> {
        let all: Option<Vec<Self>> = chain.iter().map(Self::read).collect();
        all?.into_iter().reduce(|one, other| Self {
            not_before: one.not_before.max(other.not_before),
            ends_soon_after: one.ends_soon_after.min(other.ends_soon_after),
            not_after: one.not_after.min(other.not_after),
        })
    }

    fn read(certificate: &CertificateDer<'_>) -> Option<Self> {
        let (_, read) = x509_parser::parse_x509_certificate(certificate).ok()?;
        let validity = read.validity();
        // before 1970 is as good as then
        let seconds = |time: x509_parser::time::ASN1Time| u64::try_from(time.timestamp()).unwrap_or_default();
        Some(Self::new(seconds(validity.not_before), seconds(validity.not_after)))
    }

    /// Where it stands.
    pub fn standing(&self, now: NumericDate) -> Standing {
        if now > self.not_after {
            Standing::Ended
        } else if now < self.not_before {
            Standing::NotYet
        } else if now > self.ends_soon_after {
            Standing::EndsSoon
        } else {
            Standing::Valid
        }
    }

    /// Whole days until it ends; below 0: it has ended.
    pub fn days_left(&self, now: NumericDate) -> i64 {
        let days = |seconds: u64| i64::try_from(seconds / DAY).unwrap_or(i64::MAX);
        match self.not_after.checked_sub(now) {
            Some(left) => days(left),
            None => -1 - days(now - self.not_after),
        }
    }

    /// What an operator should do, if anything.
    pub fn warning(&self, now: NumericDate) -> Option<String> {
        let days = self.days_left(now);
        match self.standing(now) {
            Standing::Valid => None,
            Standing::EndsSoon => Some(format!(
                "tls.certificate, or one that it stands on, ends in {days} days; renew it: the server takes a changed file within a minute"
            )),
            Standing::Ended => Some(
                "tls.certificate, or one that it stands on, has ended: phones and browsers refuse to connect; renew it"
                    .to_owned(),
            ),
            Standing::NotYet => Some(
                "tls.certificate, or one that it stands on, cannot be used yet; is this machine's clock right?"
                    .to_owned(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;
    use crate::clock::{Clock as _, ManualClock};

    /// 2026-11-25T00:00:00Z.
    const TODAY: u64 = 1_795_564_800;

    /// Valid from the first to the second of these days, 00:00 UTC.
    fn certificate(from: (i32, u8, u8), until: (i32, u8, u8)) -> CertificateDer<'static> {
        let mut params = CertificateParams::new(vec!["auth.example.jp".to_owned()]).unwrap();
        params.not_before = date_time_ymd(from.0, from.1, from.2);
        params.not_after = date_time_ymd(until.0, until.1, until.2);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
    }

    #[test]
    fn its_end_is_told_two_weeks_ahead() {
        let validity = Validity::of(&[certificate((2026, 11, 25), (2027, 2, 23))]).unwrap();
        let clock = ManualClock::at(TODAY);
        let day = std::time::Duration::from_secs(DAY);
        assert_eq!((validity.standing(clock.now()), validity.days_left(clock.now())), (Standing::Valid, 90));
        assert_eq!(validity.standing(clock.now() - 1), Standing::NotYet);
        clock.advance(day * 76);
        assert_eq!(validity.warning(clock.now()), None);
        clock.advance(std::time::Duration::from_secs(1));
        assert_eq!(validity.standing(clock.now()), Standing::EndsSoon);
        assert!(validity.warning(clock.now()).unwrap().contains("in 13 days"));
        clock.advance(day * 14);
        assert_eq!((validity.standing(clock.now()), validity.days_left(clock.now())), (Standing::Ended, -1));
        assert!(validity.warning(clock.now()).unwrap().contains("has ended"));
    }

    #[test]
    fn one_of_a_short_life_is_told_in_its_last_third() {
        let validity = Validity::of(&[certificate((2026, 11, 25), (2026, 12, 1))]).unwrap();
        assert_eq!(validity.standing(TODAY + 4 * DAY), Standing::Valid);
        assert_eq!(validity.standing(TODAY + 4 * DAY + 1), Standing::EndsSoon);
    }

    #[test]
    fn a_chain_ends_with_the_first_of_it() {
        let (own, above) =
            (certificate((2026, 11, 25), (2027, 11, 25)), certificate((2020, 1, 1), (2026, 12, 1)));
        let validity = Validity::of(&[own.clone(), above]).unwrap();
        assert_eq!((validity.days_left(TODAY), validity.standing(TODAY)), (6, Standing::EndsSoon));
        assert_eq!(Validity::of(&[own, CertificateDer::from(vec![0x30, 0x00])]), None);
        assert_eq!(Validity::of(&[]), None);
    }
}
