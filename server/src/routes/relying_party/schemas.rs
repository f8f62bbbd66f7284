//! How the words of the protocol look in the OpenAPI document. The protocol crate knows nothing of documents, so each
//! of its types that stands in the API is drawn here once; a test holds the drawings to the originals.

use utoipa::ToSchema;

/// What the customer is asked to approve.
#[derive(ToSchema)]
#[schema(as = Operation, rename_all = "snake_case")]
pub enum OperationSchema {
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
    /// Another phone for the same customer. Needs no details.
    DeviceAdd,
    /// Anything else. Needs `text`.
    Other,
}

/// One typed detail. Each type stands at most once in a challenge; strings have 1 to 64 characters where nothing else
/// is said, and no control characters, markup or links.
#[derive(ToSchema)]
#[schema(as = Detail, rename_all = "snake_case")]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DetailSchema {
    /// An amount of money.
    Amount {
        /// Decimal text above zero, without more decimals than the currency has.
        #[schema(example = "1250000")]
        value: String,
        /// ISO 4217 code.
        #[schema(example = "JPY")]
        currency: String,
    },
    /// A security.
    Security {
        /// Its code.
        #[schema(example = "7203")]
        code: String,
        /// Its name.
        name: String,
        /// Where it is traded.
        market: Option<String>,
    },
    /// How many units.
    Quantity {
        /// Decimal text, at most eight decimals.
        #[schema(example = "100")]
        value: String,
    },
    /// The price of an order.
    Price {
        /// At this price or better, or at the market's.
        kind: PriceKindSchema,
        /// `limit` alone: decimal text, at most four decimals.
        value: Option<String>,
        /// `limit` alone: ISO 4217 code.
        currency: Option<String>,
    },
    /// Buying or selling.
    Side {
        /// Which of the two.
        value: SideSchema,
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
        branch: Option<String>,
        /// The kind of account, in words.
        kind: String,
        /// Its number, masked.
        masked: String,
        /// Whether it is paid to for the first time.
        new: Option<bool>,
        /// Opaque and not shown: which account is meant.
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
    /// A moment.
    DateTime {
        /// Seconds since 1970-01-01T00:00:00Z.
        value: u64,
    },
    /// The number under which your own page shows the request.
    Reference {
        /// The number as shown.
        value: String,
    },
    /// One line of free text.
    Text {
        /// Its label; not one of ours.
        label: String,
        /// 1 to 140 characters.
        value: String,
    },
}

/// How a price is meant.
#[derive(ToSchema)]
#[schema(as = PriceKind, rename_all = "snake_case")]
pub enum PriceKindSchema {
    /// At this price or better.
    Limit,
    /// At the market's price.
    Market,
}

/// Buying or selling.
#[derive(ToSchema)]
#[schema(as = Side, rename_all = "snake_case")]
pub enum SideSchema {
    /// 買い
    Buy,
    /// 売り
    Sell,
}

/// Why the customer is asked.
#[derive(ToSchema)]
#[schema(as = Reason, rename_all = "snake_case")]
pub enum ReasonSchema {
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
    /// Your own risk assessment.
    RiskSignal,
}

/// How strongly page and phone were tied together. Only `returned` resists a live relay.
#[derive(ToSchema)]
#[schema(as = Tier, rename_all = "snake_case")]
pub enum TierSchema {
    /// Not at all.
    None,
    /// A typed number.
    Number,
    /// A code scanned from the page.
    Scan,
    /// The app opened from the page on the same phone.
    Link,
    /// The same, and the approval came back to the browser session that began.
    Returned,
}

/// The languages in which everything is shown.
#[derive(ToSchema)]
#[schema(as = Locale, rename_all = "snake_case")]
pub enum LocaleSchema {
    /// Japanese.
    Ja,
    /// English.
    En,
}

/// Where a challenge stands.
#[derive(ToSchema)]
#[schema(as = ChallengeState, rename_all = "snake_case")]
pub enum ChallengeStateSchema {
    /// Waits for an answer.
    Pending,
    /// Approved; a redeem permits.
    Approved,
    /// Denied.
    Denied,
    /// "This was not me."
    Reported,
    /// A wrong number was typed.
    Failed,
    /// Nobody answered in time.
    Expired,
    /// You, a freeze or a report took it back.
    Cancelled,
    /// A newer one of the same user, operation and web session took its place.
    Superseded,
}

/// `inkan-verdict+jwt` and its claims: what was approved, how strongly, and that it was redeemed once. Execute what it
/// says. Times are seconds since 1970-01-01T00:00:00Z, as in the signed message.
#[derive(ToSchema)]
#[schema(as = Verdict)]
pub struct VerdictSchema {
    /// The signed verdict.
    pub verdict: String,
    /// The server's name.
    pub iss: String,
    /// Your id as relying party.
    pub aud: String,
    /// When it was signed.
    pub iat: u64,
    /// Which challenge.
    #[schema(format = "uuid")]
    pub challenge: String,
    /// The customer.
    pub user: String,
    /// The customer's pseudonym towards phones.
    #[schema(format = "uuid")]
    pub sub: String,
    /// What was approved.
    #[schema(value_type = OperationSchema)]
    pub operation: OperationSchema,
    /// Its details, as shown and signed.
    #[schema(value_type = Vec<DetailSchema>)]
    pub details: Vec<DetailSchema>,
    /// Your own reference.
    pub reference: Option<String>,
    /// The device that approved; absent for a test user.
    #[schema(format = "uuid")]
    pub device: Option<String>,
    /// How strongly page and phone were tied together.
    #[schema(value_type = TierSchema)]
    pub tier: TierSchema,
    /// Where the approving key lives: `unattested`, `tee`, `strongbox`, `secure_enclave`, `test`.
    pub key_kind: String,
    /// What its attestation amounted to: `none`, `unverified`, `tee`, `strongbox`, `secure_enclave`.
    pub attestation: Option<String>,
    /// How the phone says that it verified the user: `biometric`, `device_credential`, `unknown`.
    pub uv: Option<String>,
    /// When the challenge was made.
    pub created_at: u64,
    /// When it was approved.
    pub decided_at: u64,
    /// When it was redeemed.
    pub redeemed_at: u64,
    /// SHA-256 of the challenge, base64url.
    pub challenge_hash: String,
    /// SHA-256 of the lines shown, base64url.
    pub display_hash: String,
    /// SHA-256 of the answer, base64url.
    pub answer_hash: String,
    /// SHA-256 of the receipt, base64url.
    pub receipt_hash: String,
}

/// A refusal, `application/problem+json` (RFC 9457). Some codes have further members.
#[derive(ToSchema)]
#[schema(as = Problem)]
pub struct ProblemSchema {
    /// Stable; what a program decides on.
    #[schema(example = "invalid")]
    pub code: String,
    /// The kind of problem, in English words.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// What is wrong with this request and what to do.
    pub detail: String,
    /// Names this request in the server's log.
    pub request_id: String,
    /// JSON Pointer (RFC 6901) to the member to blame.
    pub field: Option<String>,
}

/// Everything that proves an approval. Every member is a compact JWS.
#[derive(ToSchema)]
#[schema(as = Evidence)]
pub struct EvidenceSchema {
    /// `inkan-device+jwt` of the enrollment.
    pub enrollment_record: String,
    /// `inkan-renew+jwt`, oldest first.
    pub renewals: Vec<String>,
    /// `inkan-challenge+jwt` as the answering device got it.
    pub challenge: String,
    /// `inkan-answer+jwt`.
    pub answer: String,
    /// `inkan-receipt+jwt`.
    pub receipt: String,
    /// `inkan-verdict+jwt`, once redeemed.
    pub verdict: Option<String>,
    /// `inkan-keys+jwt`, oldest first.
    pub key_sets: Vec<String>,
    /// Later reports of the same challenge.
    pub reports: Option<Vec<LateReportSchema>>,
}

/// A report that came after the decision.
#[derive(ToSchema)]
#[schema(as = LateReport)]
pub struct LateReportSchema {
    /// `inkan-answer+jwt` with decision `report`.
    pub answer: String,
    /// Its `inkan-receipt+jwt`.
    pub receipt: String,
}

#[cfg(test)]
mod tests {
    use inkan_protocol::challenge::Tier;
    use inkan_protocol::details::{Detail, Operation, Reason};
    use serde::Serialize;
    use serde_json::Value;
    use utoipa::PartialSchema;

    use super::*;

    fn drawn<T: PartialSchema>() -> Value {
        serde_json::to_value(T::schema()).unwrap()
    }

    fn name<T: Serialize>(word: T) -> Value {
        serde_json::to_value(word).unwrap()
    }

    /// The words of a schema of plain words, whether they stand in one `enum` or in a list of constants.
    fn words(schema: &Value) -> Vec<Value> {
        if let Some(words) = schema.get("enum") {
            return words.as_array().unwrap().clone();
        }
        schema["oneOf"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.get("const").cloned().unwrap_or_else(|| one["enum"][0].clone()))
            .collect()
    }

    #[test]
    fn the_drawings_have_the_words_of_the_protocol() {
        assert_eq!(words(&drawn::<OperationSchema>()), Operation::ALL.map(name));
        assert_eq!(words(&drawn::<ReasonSchema>()), Reason::ALL.map(name));
        let tiers = [Tier::None, Tier::Number, Tier::Scan, Tier::Link, Tier::Returned];
        assert_eq!(words(&drawn::<TierSchema>()), tiers.map(name));
    }

    #[test]
    fn every_detail_drawn_is_one_that_is_taken() {
        let drawn = drawn::<DetailSchema>();
        let types: Vec<&str> = drawn["oneOf"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["properties"]["type"]["enum"][0].as_str().unwrap())
            .collect();
        assert_eq!(types.len(), 11);
        for kind in types {
            let error = serde_json::from_value::<Detail>(serde_json::json!({ "type": kind })).unwrap_err();
            assert!(!error.to_string().contains("unknown variant"), "{kind}: {error}");
        }
    }
}
