//! How a customer must have been authenticated before a phone may be enrolled, and whether the new device waits.

use inkan_protocol::enrollment::{Authentication, AuthenticationMethod};
use inkan_protocol::ids::NumericDate;

/// Which rules hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Profile {
    /// For trying out: an unstated authentication is taken.
    #[serde(rename = "dev")]
    Dev,
    /// The security bar.
    #[serde(rename = "standard")]
    Standard,
    /// The guideline of the Japan Securities Dealers Association, October 2025.
    #[serde(rename = "jsda-2025")]
    Jsda2025,
}

/// What the operator allows beyond the profile.
#[derive(Clone, Copy, Debug)]
pub struct EnrollmentRules {
    /// The profile.
    pub profile: Profile,
    /// Both passwords are enough for the first device; it then waits.
    pub first_device_by_passwords: bool,
    /// How long a device waits, in seconds.
    pub restricted_seconds: u64,
}

/// How an enrollment may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// The new device may approve everything at once.
    Full,
    /// The new device waits until an older one says yes, or the time is over.
    Waits,
    /// Not without a stronger authentication.
    Refused,
}

/// Decides by what the relying party states, and by whether the customer has or had a device.
///
/// A passkey, a proof of identity (in person, by letter, public personal authentication) or an older device admits
/// fully. Passwords admit a first device where the operator allows it, and every further one, and then it waits. A mail
/// code counts for nothing.
pub fn admit(stated: Option<&Authentication>, has_or_had_device: bool, rules: &EnrollmentRules) -> Admission {
    let methods = stated.map(|stated| stated.methods.as_slice()).unwrap_or_default();
    let has = |method| methods.contains(&method);
    let strong = [
        AuthenticationMethod::Passkey,
        AuthenticationMethod::IdentityProof,
        AuthenticationMethod::Letter,
        AuthenticationMethod::Branch,
        AuthenticationMethod::OlderDevice,
    ]
    .into_iter()
    .any(has);
    if strong {
        return Admission::Full;
    }
    let unstated = methods.is_empty();
    if !unstated && methods.iter().all(|method| *method == AuthenticationMethod::EmailCode) {
        return Admission::Refused;
    }
    let passwords = has(AuthenticationMethod::Password) && has(AuthenticationMethod::TradingPassword);
    match rules.profile {
        Profile::Dev if has_or_had_device => Admission::Waits,
        Profile::Dev => Admission::Full,
        Profile::Standard | Profile::Jsda2025 if unstated => Admission::Refused,
        Profile::Standard if has_or_had_device && has(AuthenticationMethod::Password) => Admission::Waits,
        Profile::Standard | Profile::Jsda2025
            if passwords && (has_or_had_device || rules.first_device_by_passwords) =>
        {
            Admission::Waits
        }
        Profile::Standard | Profile::Jsda2025 => Admission::Refused,
    }
}

/// Until when a device that waits is restricted.
pub fn restricted_until(now: NumericDate, rules: &EnrollmentRules) -> NumericDate {
    now.saturating_add(rules.restricted_seconds)
}

#[cfg(test)]
mod tests {
    use AuthenticationMethod::{Branch, EmailCode, IdentityProof, Passkey, Password, TradingPassword};

    use super::*;

    #[test]
    fn every_decision() {
        use Admission::{Full, Refused, Waits};
        use Profile::{Dev, Jsda2025, Standard};
        let both: &[_] = &[Password, TradingPassword];
        for (profile, by_passwords, methods, had, expected) in [
            (Dev, false, &[][..], false, Full),
            (Dev, false, &[], true, Waits),
            (Dev, false, &[EmailCode], false, Refused),
            (Dev, false, &[Password], false, Full),
            (Standard, false, &[], false, Refused),
            (Standard, false, &[EmailCode], true, Refused),
            (Standard, false, &[Password], false, Refused),
            (Standard, false, &[Password], true, Waits),
            (Standard, false, both, false, Refused),
            (Standard, true, both, false, Waits),
            (Standard, false, &[Passkey], true, Full),
            (Jsda2025, false, &[], false, Refused),
            (Jsda2025, false, both, false, Refused),
            (Jsda2025, true, both, false, Waits),
            (Jsda2025, false, &[IdentityProof], false, Full),
            (Jsda2025, false, &[Password, EmailCode], true, Refused),
            (Jsda2025, false, &[EmailCode, Branch], true, Full),
        ] {
            let rules =
                EnrollmentRules { profile, first_device_by_passwords: by_passwords, restricted_seconds: 1 };
            let stated = Authentication { methods: methods.to_vec(), at: 1 };
            assert_eq!(
                admit(Some(&stated), had, &rules),
                expected,
                "{profile:?} {by_passwords} {methods:?} {had}"
            );
        }
    }

    #[test]
    fn unstated_is_taken_in_dev_alone() {
        for (profile, expected) in [
            (Profile::Dev, Admission::Full),
            (Profile::Standard, Admission::Refused),
            (Profile::Jsda2025, Admission::Refused),
        ] {
            let rules = EnrollmentRules { profile, first_device_by_passwords: true, restricted_seconds: 1 };
            assert_eq!(admit(None, false, &rules), expected);
        }
    }
}
