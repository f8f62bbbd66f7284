//! Which licence we take a crate under: what deny.toml allows, in its order. So the one list decides what may enter and
//! what the apps say.

use spdx::{Expression, LicenseReq, Licensee, ParseMode};
use toml::Table;

use super::LicencesError;

/// What deny.toml allows.
pub(super) struct Accepted {
    everywhere: Vec<Licensee>,
    /// For one crate alone.
    exceptions: Vec<(String, Licensee)>,
}

/// What a crate offers, and what of it we take.
pub(super) struct Choice {
    pub(super) offered: Vec<LicenseReq>,
    pub(super) taken: Vec<LicenseReq>,
}

impl Accepted {
    pub(super) fn read(deny: &str) -> Result<Self, LicencesError> {
        let table: Table = deny.parse().map_err(|error| LicencesError::Deny(format!("{error}")))?;
        let part = table.get("licenses").and_then(toml::Value::as_table);
        let part = part.ok_or_else(|| LicencesError::Deny("no table `licenses`".to_owned()))?;
        let mut accepted = Self { everywhere: licensees(part)?, exceptions: Vec::new() };
        for exception in part.get("exceptions").and_then(toml::Value::as_array).into_iter().flatten() {
            let exception = exception.as_table();
            let name = exception.and_then(|exception| exception.get("crate")).and_then(toml::Value::as_str);
            let (Some(exception), Some(name)) = (exception, name) else {
                return Err(LicencesError::Deny("an exception without a crate".to_owned()));
            };
            accepted
                .exceptions
                .extend(licensees(exception)?.into_iter().map(|licence| (name.to_owned(), licence)));
        }
        Ok(accepted)
    }

    pub(super) fn choose(&self, package: &str, licence: &str) -> Result<Choice, LicencesError> {
        let refused = |reason: String| LicencesError::Refused {
            package: package.to_owned(),
            licence: licence.to_owned(),
            reason,
        };
        let expression =
            Expression::parse_mode(licence, ParseMode::LAX).map_err(|error| refused(error.to_string()))?;
        let own = self.exceptions.iter().filter(|(name, _)| name == package).map(|(_, licence)| licence);
        let taken = expression
            .minimized_requirements(self.everywhere.iter().chain(own))
            .map_err(|error| refused(error.to_string()))?;
        Ok(Choice { offered: expression.requirements().map(|offered| offered.req.clone()).collect(), taken })
    }
}

fn licensees(table: &Table) -> Result<Vec<Licensee>, LicencesError> {
    let allowed = table.get("allow").and_then(toml::Value::as_array);
    let allowed = allowed.ok_or_else(|| LicencesError::Deny("no list `allow`".to_owned()))?;
    let licensees = allowed.iter().map(|name| Licensee::parse(name.as_str().unwrap_or_default()));
    licensees.collect::<Result<_, _>>().map_err(|error| LicencesError::Deny(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::Accepted;

    const DENY: &str = r#"
        [licenses]
        allow = ["Apache-2.0", "MIT", "Unicode-3.0", "ISC"]
        exceptions = [{ crate = "uniffi", allow = ["MPL-2.0"] }]
    "#;

    fn taken(package: &str, licence: &str) -> Result<Vec<String>, String> {
        let choice =
            Accepted::read(DENY).unwrap().choose(package, licence).map_err(|error| error.to_string())?;
        Ok(choice.taken.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_first_allowed_licence_is_taken() {
        assert_eq!(taken("a", "MIT OR Apache-2.0").unwrap(), ["Apache-2.0"]);
        assert_eq!(taken("a", "MIT/Apache-2.0").unwrap(), ["Apache-2.0"]);
        assert_eq!(taken("a", "Unlicense OR MIT").unwrap(), ["MIT"]);
        assert_eq!(
            taken("a", "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT").unwrap(),
            ["Apache-2.0"]
        );
        assert_eq!(taken("a", "(MIT OR Apache-2.0) AND Unicode-3.0").unwrap(), ["Apache-2.0", "Unicode-3.0"]);
        assert_eq!(taken("a", "Apache-2.0 AND ISC").unwrap(), ["Apache-2.0", "ISC"]);
        assert_eq!(taken("uniffi", "MPL-2.0").unwrap(), ["MPL-2.0"]);
    }

    #[test]
    fn what_is_not_allowed_is_refused() {
        assert!(taken("other", "MPL-2.0").unwrap_err().starts_with("other: the licence `MPL-2.0`"));
        assert!(taken("a", "MIT AND GPL-3.0-only").is_err());
        assert!(taken("a", "of my own").is_err());
        for broken in
            ["[licenses", "[bans]", "[licenses]\nallow = [\"Of my own\"]", "[licenses]\nallow = [1]"]
        {
            assert!(Accepted::read(broken).is_err(), "{broken}");
        }
    }
}
