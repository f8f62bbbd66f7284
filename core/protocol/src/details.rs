//! What a challenge is about: the operation, its typed details, where the request came from, and why it was asked.
//!
//! Everything a customer is shown comes from these types; free text is one field, labelled as such. The rules here are
//! the ones of `docs/protocol.md`, "Details".

mod amount;
mod check;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::text;

pub use self::amount::{Currency, decimal_error};
pub use self::check::{DetailsError, check};

/// Most details that a challenge may have.
pub const MAX_DETAILS: usize = 20;

/// The languages in which everything is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Japanese.
    Ja,
    /// English.
    En,
}

/// What the customer is asked to approve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Signing in. Needs no details.
    Login,
    /// An order. Needs `side`, `security`, and `quantity` with `price`, or `amount`.
    Order,
    /// A withdrawal. Needs `amount` and `bank_account`.
    Withdrawal,
    /// Another account to pay out to. Needs `bank_account`.
    PayoutAccountChange,
    /// Another mail address, telephone number or the like. Needs `change`.
    ContactChange,
    /// Another setting. Needs `change`.
    SettingsChange,
    /// Another phone for the same customer; asked by the server itself. Needs nothing.
    DeviceAdd,
    /// Anything else. Needs `text`.
    Other,
}

impl Operation {
    /// Every operation, in the order of this document.
    pub const ALL: [Self; 8] = [
        Self::Login,
        Self::Order,
        Self::Withdrawal,
        Self::PayoutAccountChange,
        Self::ContactChange,
        Self::SettingsChange,
        Self::DeviceAdd,
        Self::Other,
    ];

    /// The operation as it travels; also the name of its display template.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Order => "order",
            Self::Withdrawal => "withdrawal",
            Self::PayoutAccountChange => "payout_account_change",
            Self::ContactChange => "contact_change",
            Self::SettingsChange => "settings_change",
            Self::DeviceAdd => "device_add",
            Self::Other => "other",
        }
    }
}

/// One typed detail. Each type stands at most once in a challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Detail {
    /// An amount of money.
    Amount {
        /// Decimal text.
        value: String,
        /// ISO 4217 code.
        currency: String,
    },
    /// A security.
    Security {
        /// Its code, for instance `7203`.
        code: String,
        /// Its name.
        name: String,
        /// Where it is traded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        market: Option<String>,
    },
    /// How many units.
    Quantity {
        /// Decimal text, at most eight decimals.
        value: String,
    },
    /// The price of an order.
    Price(Price),
    /// Buying or selling.
    Side {
        /// Which of the two.
        value: Side,
    },
    /// An account of the customer's.
    Account {
        /// What kind of account, in words.
        label: String,
        /// Its number, masked.
        masked: String,
    },
    /// A bank account that is paid to.
    BankAccount {
        /// The bank's name.
        bank: String,
        /// The branch's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branch: Option<String>,
        /// The kind of account, in words.
        kind: String,
        /// Its number, masked.
        masked: String,
        /// Whether it is paid to for the first time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        new: Option<bool>,
        /// Opaque to us and not shown: which account the relying party means.
        id: String,
    },
    /// A setting or contact that changes.
    Change {
        /// What changes, in words.
        what: String,
        /// The value until now, masked.
        from_masked: String,
        /// The value from now on, masked.
        to_masked: String,
    },
    /// A moment, shown in the challenge's zone.
    DateTime {
        /// NumericDate.
        value: u64,
    },
    /// The number under which the relying party's own page shows the request.
    Reference {
        /// The number as shown.
        value: String,
    },
    /// One line of free text.
    Text {
        /// Its label; not one of ours.
        label: String,
        /// 1–140 characters.
        value: String,
    },
}

impl Detail {
    /// The detail's `type`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Amount { .. } => "amount",
            Self::Security { .. } => "security",
            Self::Quantity { .. } => "quantity",
            Self::Price(_) => "price",
            Self::Side { .. } => "side",
            Self::Account { .. } => "account",
            Self::BankAccount { .. } => "bank_account",
            Self::Change { .. } => "change",
            Self::DateTime { .. } => "date_time",
            Self::Reference { .. } => "reference",
            Self::Text { .. } => "text",
        }
    }
}

/// The price of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Price {
    /// At this price or better.
    Limit {
        /// Decimal text, at most four decimals.
        value: String,
        /// ISO 4217 code.
        currency: String,
    },
    /// At the market's price.
    Market {},
}

/// Buying or selling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// 買い
    Buy,
    /// 売り
    Sell,
}

/// Where a request came from, as the customer is shown it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The client in words, for instance `Windows / Chrome`; at most 64 characters.
    pub client: String,
    /// The place in words, where one is known; an estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The address, in its canonical text form. Absent in `device_add` and CIBA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
}

impl Origin {
    /// Lengths and characters; names the member to blame.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let line = |member, value: &str| text::check(value, 64).map_err(|error| (member, error.to_string()));
        line("client", &self.client)?;
        self.place.as_ref().map_or(Ok(()), |place| line("place", place))?;
        let canonical = |ip: &String| ip.parse::<IpAddr>().is_ok_and(|address| address.to_string() == *ip);
        if self.ip.as_ref().is_none_or(canonical) {
            Ok(())
        } else {
            Err(("ip", "must be an IP address in its canonical form".into()))
        }
    }
}

/// Why the customer is asked. A closed list; the words stand in `docs/display.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A browser that was not seen before.
    NewBrowser,
    /// A network that was not seen before.
    NewNetwork,
    /// Another place than usual.
    UnusualPlace,
    /// Farther from the last place than anybody travels in the time between.
    ImpossibleTravel,
    /// A known browser says that it is another one.
    UserAgentChanged,
    /// At another time of day than usual.
    UnusualTime,
    /// Several failures came before.
    ManyFailures,
    /// The payee is new.
    NewPayee,
    /// A high amount.
    HighAmount,
    /// The relying party's own risk assessment.
    RiskSignal,
}

impl Reason {
    /// Every reason, in the order of `docs/display.md`.
    pub const ALL: [Self; 10] = [
        Self::NewBrowser,
        Self::NewNetwork,
        Self::UnusualPlace,
        Self::ImpossibleTravel,
        Self::UserAgentChanged,
        Self::UnusualTime,
        Self::ManyFailures,
        Self::NewPayee,
        Self::HighAmount,
        Self::RiskSignal,
    ];
}
