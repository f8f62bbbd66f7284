//! `display.json`: every field present and absent, in both languages, with lines and hash.

use inkan_protocol::details::{Currency, Detail, Locale, Operation, Origin, Price, Reason, Side};
use inkan_protocol::display::{self, Shown, Template};
use serde_json::{Value, json};

use super::Outcome;
use super::cast::ASKED;

/// What is shown of a challenge, owned.
struct Case {
    name: String,
    operation: Operation,
    details: Vec<Detail>,
    origin: Origin,
    reasons: Vec<Reason>,
    iat: u64,
    zone: &'static str,
}

fn case(name: &str, operation: Operation, details: Vec<Detail>) -> Case {
    Case {
        name: name.into(),
        operation,
        details,
        origin: Origin { client: "Windows / Chrome".into(), place: None, ip: None },
        reasons: vec![],
        iat: ASKED,
        zone: "Asia/Tokyo",
    }
}

impl Case {
    fn value(&self) -> Outcome<Value> {
        let template = Template::newest(self.operation);
        let shown = Shown {
            relying_party: "みほん証券",
            account: "口座番号 ***1234",
            operation: self.operation,
            details: &self.details,
            origin: &self.origin,
            reasons: &self.reasons,
            issued_at: self.iat,
            zone: self.zone,
            template: &template,
        };
        let rendered = |locale| -> Outcome<Value> {
            let rendered = display::render(&shown, locale)?;
            Ok(
                json!({ "lines": rendered.lines, "hashed_text": rendered.text(), "display_hash": rendered.hash() }),
            )
        };
        Ok(json!({
            "name": self.name,
            "challenge": {
                "relying_party": shown.relying_party,
                "account": shown.account,
                "operation": self.operation,
                "details": self.details,
                "origin": self.origin,
                "reasons": self.reasons,
                "iat": self.iat,
                "zone": self.zone,
                "display": template,
            },
            "ja": rendered(Locale::Ja)?,
            "en": rendered(Locale::En)?,
        }))
    }
}

/// `display.json`.
pub(super) fn file() -> Outcome<Value> {
    let mut cases = operations();
    cases.extend(details());
    cases.extend(numbers());
    cases.extend(origins());
    cases.extend(times());
    Ok(json!({
        "about": "What is shown. hashed_text is every line as `label TAB value LF`; display_hash is its SHA-256. \
                  In values of more than one member, U+0020 within a member is U+00A0.",
        "cases": cases.iter().map(Case::value).collect::<Outcome<Vec<_>>>()?,
        "invalid": [
            { "reason": "a version that this renderer does not know", "display": { "template": "login", "version": 2 }, "operation": "login", "zone": "Asia/Tokyo" },
            { "reason": "the template of another operation", "display": { "template": "order", "version": 1 }, "operation": "login", "zone": "Asia/Tokyo" },
            { "reason": "no zone of the tables", "display": { "template": "login", "version": 1 }, "operation": "login", "zone": "Asia/Edo" },
            { "reason": "another spelling of a zone", "display": { "template": "login", "version": 1 }, "operation": "login", "zone": "asia/tokyo" },
        ],
        "own_labels": ["金額", "Amount", "ＡＭＯＵＮＴ", "a m o u n t", "金額：", "出金先", "Why you are asked", "ｱｸｾｽ元"],
        "free_labels": ["メモ", "Note", "金額の内訳", "出金先メモ"],
        "strings": ["a", "みほん証券", "ＡＢＣ　ＤＥＦ", "a & b", "***4567", "髙島屋"],
        "strings_refused": [
            "", " a", "a ", "a\u{3000}", "a\nb", "a\tb", "a\u{0}b", "a\u{7f}b", "a\u{a0}b", "a\u{200b}b", "a\u{200d}b",
            "a\u{202e}b", "a\u{2028}b", "a\u{feff}b", "a\u{e000}b", "か\u{3099}", "e\u{301}", "<b>", "a>b",
            "https://example.jp", "WWW.example.jp"
        ],
    }))
}

fn amount(value: &str, currency: &str) -> Detail {
    Detail::Amount { value: value.into(), currency: currency.into() }
}

fn security(market: Option<&str>) -> Detail {
    Detail::Security {
        code: "7203".into(), name: "みほん自動車".into(), market: market.map(Into::into)
    }
}

fn limit(value: &str, currency: &str) -> Detail {
    Detail::Price(Price::Limit { value: value.into(), currency: currency.into() })
}

fn quantity(value: &str) -> Detail {
    Detail::Quantity { value: value.into() }
}

fn bank_account(branch: Option<&str>, new: Option<bool>) -> Detail {
    Detail::BankAccount {
        bank: "みほん銀行".into(),
        branch: branch.map(Into::into),
        kind: "普通".into(),
        masked: "***4567".into(),
        new,
        id: "ba-77".into(),
    }
}

fn change() -> Detail {
    Detail::Change {
        what: "メールアドレス".into(),
        from_masked: "t***@example.jp".into(),
        to_masked: "h***@example.jp".into(),
    }
}

fn text() -> Detail {
    Detail::Text { label: "お申し込み".into(), value: "電子交付への切り替え".into() }
}

fn operations() -> Vec<Case> {
    let order = vec![
        Detail::Side { value: Side::Buy },
        security(Some("東証プライム")),
        quantity("100"),
        limit("2950", "JPY"),
    ];
    let whole = |name: &str, operation, details| Case {
        origin: Origin {
            client: "Windows / Chrome".into(),
            place: Some("東京都付近".into()),
            ip: Some("203.0.113.24".into()),
        },
        reasons: vec![Reason::UnusualPlace],
        ..case(name, operation, details)
    };
    vec![
        whole("login", Operation::Login, vec![]),
        whole("order", Operation::Order, order),
        whole(
            "withdrawal",
            Operation::Withdrawal,
            vec![
                amount("1250000", "JPY"),
                bank_account(Some("銀座支店"), Some(true)),
                Detail::Reference { value: "A1B2-C3".into() },
            ],
        ),
        whole(
            "payout_account_change",
            Operation::PayoutAccountChange,
            vec![bank_account(Some("銀座支店"), Some(true))],
        ),
        whole("contact_change", Operation::ContactChange, vec![change()]),
        whole("settings_change", Operation::SettingsChange, vec![change()]),
        case("device_add", Operation::DeviceAdd, vec![]),
        whole("other", Operation::Other, vec![text()]),
    ]
}

fn details() -> Vec<Case> {
    let one = |name: &str, detail: Detail| case(name, Operation::Login, vec![detail]);
    let spaced = Detail::BankAccount {
        bank: "Mihon Bank".into(),
        branch: Some("Ginza 1".into()),
        kind: "Savings".into(),
        masked: "*** 4567".into(),
        new: None,
        id: "ba-78".into(),
    };
    vec![
        one("amount", amount("1250000", "JPY")),
        one("security without market", security(None)),
        one("security with market", security(Some("東証プライム"))),
        one("quantity", quantity("1234567.00000001")),
        one("price limit", limit("2950.5", "JPY")),
        one("price market", Detail::Price(Price::Market {})),
        one("side buy", Detail::Side { value: Side::Buy }),
        one("side sell", Detail::Side { value: Side::Sell }),
        one("account", Detail::Account { label: "特定口座".into(), masked: "***1234".into() }),
        one("bank_account without branch and new", bank_account(None, None)),
        one("bank_account with branch", bank_account(Some("銀座支店"), None)),
        one("bank_account that is new", bank_account(None, Some(true))),
        one("bank_account that is not new", bank_account(Some("銀座支店"), Some(false))),
        one("bank_account with spaces in its members", spaced),
        one("change", change()),
        one("date_time", Detail::DateTime { value: ASKED + 86_400 }),
        one("reference", Detail::Reference { value: "A1B2-C3".into() }),
        one("text", text()),
        case(
            "details in another order",
            Operation::Withdrawal,
            vec![Detail::Reference { value: "A1B2-C3".into() }, bank_account(None, None), amount("1", "JPY")],
        ),
        case(
            "order by amount",
            Operation::Order,
            vec![Detail::Side { value: Side::Sell }, security(None), amount("50000", "JPY")],
        ),
        case(
            "order at the market",
            Operation::Order,
            vec![
                Detail::Side { value: Side::Buy },
                security(None),
                quantity("100"),
                Detail::Price(Price::Market {}),
            ],
        ),
    ]
}

fn numbers() -> Vec<Case> {
    let mut cases: Vec<Case> = Currency::all()
        .iter()
        .map(|currency| {
            let value = if currency.decimals == 0 { "1234567" } else { "1234567.80" };
            let details = vec![amount(value, currency.code), limit("1234.5678", currency.code)];
            case(&format!("amount and price in {}", currency.code), Operation::Login, details)
        })
        .collect();
    for value in ["1", "12", "123", "1234", "12345", "123456", "1234567", "999999999999999"] {
        cases.push(case(&format!("amount of {value}"), Operation::Login, vec![amount(value, "JPY")]));
    }
    for value in ["0.05", "1.5", "1000.00"] {
        cases.push(case(&format!("dollars of {value}"), Operation::Login, vec![amount(value, "USD")]));
    }
    cases
}

fn origins() -> Vec<Case> {
    let with = |name: &str, client: &str, place: Option<&str>, ip: Option<&str>| Case {
        origin: Origin { client: client.into(), place: place.map(Into::into), ip: ip.map(Into::into) },
        ..case(name, Operation::Login, vec![])
    };
    let mut cases = vec![
        with("origin of a client alone", "不明", None, None),
        with("origin with place", "iPhone / Safari", Some("大阪府付近"), None),
        with("origin with an IPv4 address", "iPhone / Safari", None, Some("203.0.113.24")),
        with("origin with an IPv6 address", "iPhone / Safari", Some("大阪府付近"), Some("2001:db8::1")),
    ];
    for reason in Reason::ALL {
        let name = format!("reason {}", serde_json::to_value(reason).unwrap_or_default());
        cases.push(Case { reasons: vec![reason], ..case(&name, Operation::Login, vec![]) });
    }
    let several = vec![Reason::HighAmount, Reason::NewPayee, Reason::NewBrowser];
    cases.push(Case { reasons: several, ..case("reasons in their order", Operation::Login, vec![]) });
    cases
}

fn times() -> Vec<Case> {
    let at = |name: &str, iat, zone| Case { iat, zone, ..case(name, Operation::Login, vec![]) };
    vec![
        at("time in UTC", ASKED, "UTC"),
        at("time in New York, summer", 1_793_511_000, "America/New_York"),
        at("time in New York, the same hour again", 1_793_514_600, "America/New_York"),
        at("time with a half hour", ASKED, "Asia/Kolkata"),
        at("time at the epoch", 0, "Asia/Tokyo"),
    ]
}
