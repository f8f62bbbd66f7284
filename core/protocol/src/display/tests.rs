use proptest::prelude::*;

use super::*;
use crate::details::{Currency, Price};

fn origin() -> Origin {
    Origin {
        client: "Windows / Chrome".into(),
        place: Some("東京都付近".into()),
        ip: Some("203.0.113.24".into()),
    }
}

/// One of each type, the optional members present.
fn every_detail() -> Vec<Detail> {
    vec![
        Detail::Amount { value: "1250000".into(), currency: "JPY".into() },
        Detail::Security {
            code: "7203".into(),
            name: "みほん 自動車".into(),
            market: Some("東証プライム".into()),
        },
        Detail::Quantity { value: "1000".into() },
        Detail::Price(Price::Limit { value: "2950.5".into(), currency: "JPY".into() }),
        Detail::Side { value: Side::Buy },
        Detail::Account { label: "特定口座".into(), masked: "***1234".into() },
        Detail::BankAccount {
            bank: "みほん銀行".into(),
            branch: Some("銀座支店".into()),
            kind: "普通".into(),
            masked: "***4567".into(),
            new: Some(true),
            id: "b-1".into(),
        },
        Detail::Change {
            what: "メールアドレス".into(),
            from_masked: "a***@example.jp".into(),
            to_masked: "b***@example.jp".into(),
        },
        Detail::DateTime { value: 1_795_583_109 },
        Detail::Reference { value: "A1B2-C3".into() },
        Detail::Text { label: "メモ".into(), value: "来月分".into() },
    ]
}

/// What a challenge says that is shown, owned, so that a property can change it.
#[derive(Clone, Debug)]
struct Content {
    relying_party: String,
    account: String,
    operation: Operation,
    details: Vec<Detail>,
    origin: Origin,
    reasons: Vec<Reason>,
    issued_at: NumericDate,
    zone: String,
}

impl Content {
    fn render(&self, locale: Locale) -> Result<Rendered, DisplayError> {
        render(
            &Shown {
                relying_party: &self.relying_party,
                account: &self.account,
                operation: self.operation,
                details: &self.details,
                origin: &self.origin,
                reasons: &self.reasons,
                issued_at: self.issued_at,
                zone: &self.zone,
                template: &Template::newest(self.operation),
            },
            locale,
        )
    }
}

fn content() -> Content {
    Content {
        relying_party: "みほん証券".into(),
        account: "***1234".into(),
        operation: Operation::Withdrawal,
        details: every_detail(),
        origin: origin(),
        reasons: vec![Reason::UnusualPlace, Reason::NewPayee],
        issued_at: 1_795_583_109,
        zone: "Asia/Tokyo".into(),
    }
}

#[test]
fn every_field_in_japanese() {
    assert_eq!(
        content().render(Locale::Ja).unwrap().text(),
        "依頼元\tみほん証券\n口座\t***1234\n手続き\t出金の確認\n金額\t¥1,250,000\n\
         銘柄\t7203 みほん\u{a0}自動車 東証プライム\n数量\t1,000\n価格\t指値 ¥2,950.5\n売買\t買い\n\
         対象口座\t特定口座 ***1234\n出金先\tみほん銀行 銀座支店 普通 ***4567\n出金先の登録\tはじめての出金先\n\
         変更項目\tメールアドレス\n変更前\ta***@example.jp\n変更後\tb***@example.jp\n\
         日時\t2026/11/25 14:05:09 UTC+09:00\n受付番号\tA1B2-C3\nメモ\t来月分\n\
         アクセス元\tWindows / Chrome\n場所\t東京都付近（推定）\nアクセス日時\t2026/11/25 14:05:09 UTC+09:00\n\
         IPアドレス\t203.0.113.24\n確認の理由\tいつもと異なる場所です\n確認の理由\t出金先がはじめての口座です\n"
    );
}

#[test]
fn every_field_in_english() {
    assert_eq!(
        content().render(Locale::En).unwrap().text(),
        "Requested by\tみほん証券\nAccount\t***1234\nRequest\tConfirm withdrawal\nAmount\t¥1,250,000\n\
         Security\t7203 みほん\u{a0}自動車 東証プライム\nQuantity\t1,000\nPrice\tLimit ¥2,950.5\nSide\tBuy\n\
         Account used\t特定口座 ***1234\nPay to\tみほん銀行 銀座支店 普通 ***4567\nPayee status\tNew payee\n\
         Change\tメールアドレス\nBefore\ta***@example.jp\nAfter\tb***@example.jp\n\
         Date and time\t2026/11/25 14:05:09 UTC+09:00\nReference number\tA1B2-C3\nメモ\t来月分\n\
         Requested from\tWindows / Chrome\nPlace\t東京都付近 (estimated)\nRequested at\t2026/11/25 14:05:09 UTC+09:00\n\
         IP address\t203.0.113.24\nWhy you are asked\tThis is not the usual place\n\
         Why you are asked\tThis account has not been paid to before\n"
    );
}

#[test]
fn what_is_absent_has_no_line() {
    let bare = Content {
        operation: Operation::Login,
        details: vec![],
        origin: Origin { client: "不明".into(), place: None, ip: None },
        reasons: vec![],
        ..content()
    };
    let rendered = bare.render(Locale::Ja).unwrap();
    let roles: Vec<Role> = rendered.lines.iter().map(|line| line.role).collect();
    assert_eq!(roles, [Role::RelyingParty, Role::Account, Role::Operation, Role::Origin, Role::Origin]);
    assert_eq!(rendered.heading(), "ログインの確認");
    assert_eq!(rendered.value_of(Role::Amount), None);
    assert_eq!(rendered.lines_of(Role::Origin).count(), 2);
}

#[test]
fn money_is_never_shortened() {
    for (value, currency, text) in [
        ("1", "JPY", "¥1"),
        ("999", "JPY", "¥999"),
        ("1000", "JPY", "¥1,000"),
        ("999999999999999", "JPY", "¥999,999,999,999,999"),
        ("1250.50", "USD", "US$1,250.50"),
        ("0.05", "EUR", "€0.05"),
        ("100000", "CHF", "CHF 100,000"),
    ] {
        assert_eq!(values::money(value, currency), text);
    }
    assert_eq!(values::price(&Price::Market {}, Locale::Ja), "成行");
    assert_eq!(values::price(&Price::Market {}, Locale::En), "Market");
}

#[test]
fn no_two_currencies_look_the_same() {
    let signs: std::collections::HashSet<_> = Currency::all().iter().map(|currency| currency.sign).collect();
    assert_eq!(signs.len(), Currency::all().len());
}

#[test]
fn an_hour_that_comes_twice_looks_different() {
    // New York, 2026-11-01: 01:30 daylight time, and again an hour later.
    let zone = values::zone("America/New_York").unwrap();
    assert_eq!(values::time(1_793_511_000, &zone).unwrap(), "2026/11/01 01:30:00 UTC-04:00");
    assert_eq!(values::time(1_793_514_600, &zone).unwrap(), "2026/11/01 01:30:00 UTC-05:00");
    let liberia = values::zone("Africa/Monrovia").unwrap();
    assert_eq!(values::time(0, &liberia).unwrap(), "1969/12/31 23:15:30 UTC-00:44:30");
}

#[test]
fn the_last_time_shown_can_be_shown_everywhere() {
    let last = 253_402_207_199;
    assert!(is_showable_time(last) && !is_showable_time(last + 1));
    for zone in ["Pacific/Kiritimati", "Pacific/Niue", "UTC"] {
        let zone = values::zone(zone).unwrap();
        assert!(values::time(last, &zone).is_ok());
        assert_eq!(values::time(last + 1, &zone), Err(DisplayError::Time));
    }
}

#[test]
fn what_is_not_known_is_not_shown() {
    for zone in ["Asia/Edo", "asia/tokyo", "", "JST-9", "Etc/Unknown", "+09:00"] {
        let unknown = Content { zone: zone.into(), ..content() };
        assert_eq!(unknown.render(Locale::Ja), Err(DisplayError::UnknownZone(zone.into())));
        assert!(!is_known_zone(zone), "{zone}");
    }
    assert!(is_known_zone("Asia/Tokyo") && is_known_zone("UTC"));
    let content = content();
    let late = Content { issued_at: crate::json::MAX_INTEGER, ..content.clone() };
    assert_eq!(late.render(Locale::Ja), Err(DisplayError::Time));
    for template in [
        Template { template: "withdrawal".into(), version: 2 },
        Template { template: "withdrawal".into(), version: 0 },
        Template { template: "login".into(), version: 1 },
        Template { template: "poem".into(), version: 1 },
    ] {
        let shown = Shown {
            relying_party: &content.relying_party,
            account: &content.account,
            operation: content.operation,
            details: &content.details,
            origin: &content.origin,
            reasons: &content.reasons,
            issued_at: content.issued_at,
            zone: &content.zone,
            template: &template,
        };
        let expected = DisplayError::UnknownTemplate(template.template.clone(), template.version);
        assert_eq!(render(&shown, Locale::En), Err(expected));
    }
}

#[test]
fn free_text_cannot_pose_as_ours() {
    for label in Label::ALL {
        for locale in [Locale::Ja, Locale::En] {
            assert!(is_own_label(label.text(locale)), "{label:?}");
        }
    }
    for disguise in
        ["ＡＭＯＵＮＴ", "a m o u n t", "金 額", "金額：", "Amount:", "ip address", "ＩＰアドレス", "ｱｸｾｽ元"]
    {
        assert!(is_own_label(disguise), "{disguise}");
    }
    for other in ["メモ", "Note", "金額の内訳", "出金先メモ"] {
        assert!(!is_own_label(other), "{other}");
    }
}

#[test]
fn labels_and_words_are_told_apart() {
    for locale in [Locale::Ja, Locale::En] {
        let distinct = |words: Vec<&str>| {
            let folded: std::collections::HashSet<_> =
                words.iter().map(|word| values::folded(word)).collect();
            assert_eq!(folded.len(), words.len(), "{words:?}");
        };
        distinct(Label::ALL.iter().map(|label| label.text(locale)).collect());
        distinct(Operation::ALL.iter().map(|operation| operation_heading(*operation, locale)).collect());
        distinct(Reason::ALL.iter().map(|reason| reason_text(*reason, locale)).collect());
    }
}

#[test]
fn no_word_of_ours_breaks_the_rules_of_text() {
    for locale in [Locale::Ja, Locale::En] {
        let labels = Label::ALL.iter().map(|label| label.text(locale));
        let headings = Operation::ALL.iter().map(|operation| operation_heading(*operation, locale));
        let reasons = Reason::ALL.iter().map(|reason| reason_text(*reason, locale));
        for word in labels.chain(headings).chain(reasons) {
            assert_eq!(crate::text::check(word, 64), Ok(()), "{word}");
        }
    }
}

// What follows asks: does a change of anything shown change the hash?

fn word() -> impl Strategy<Value = String> {
    // Few characters, so that the same letters often fall differently over the members.
    "[ab銀 ]{1,6}".prop_filter("as text allows", |text| crate::text::check(text, 64).is_ok())
}

fn decimal(most: usize) -> impl Strategy<Value = String> {
    "(0|[1-9][0-9]{0,8})(\\.[0-9]{1,4})?"
        .prop_filter("as decimals are", move |text| crate::details::decimal_error(text, most).is_none())
}

fn currency() -> impl Strategy<Value = String> {
    (0..Currency::all().len()).prop_map(|place| Currency::all()[place].code.to_owned())
}

fn detail() -> impl Strategy<Value = Detail> {
    let optional = || proptest::option::of(word());
    prop_oneof![
        (decimal(4), currency()).prop_map(|(value, currency)| Detail::Amount { value, currency }),
        (word(), word(), optional()).prop_map(|(code, name, market)| Detail::Security { code, name, market }),
        decimal(8).prop_map(|value| Detail::Quantity { value }),
        (decimal(4), currency())
            .prop_map(|(value, currency)| Detail::Price(Price::Limit { value, currency })),
        Just(Detail::Price(Price::Market {})),
        prop_oneof![Just(Side::Buy), Just(Side::Sell)].prop_map(|value| Detail::Side { value }),
        (word(), word()).prop_map(|(label, masked)| Detail::Account { label, masked }),
        (word(), optional(), word(), word(), any::<bool>()).prop_map(|(bank, branch, kind, masked, new)| {
            // `false` is shown as absence is; the id is not shown.
            let new = new.then_some(true);
            Detail::BankAccount { bank, branch, kind, masked, new, id: "b-1".into() }
        }),
        (word(), word(), word()).prop_map(|(what, from_masked, to_masked)| Detail::Change {
            what,
            from_masked,
            to_masked
        }),
        (0_u64..5_000_000_000).prop_map(|value| Detail::DateTime { value }),
        word().prop_map(|value| Detail::Reference { value }),
        (word(), word()).prop_map(|(label, value)| Detail::Text { label, value }),
    ]
}

fn details() -> impl Strategy<Value = Vec<Detail>> {
    proptest::collection::vec(detail(), 0..5).prop_map(|mut details| {
        let mut seen = std::collections::HashSet::new();
        details.retain(|detail| seen.insert(detail.kind()));
        details
    })
}

fn any_content() -> impl Strategy<Value = Content> {
    let reasons = proptest::sample::subsequence(Reason::ALL.to_vec(), 0..=8).prop_shuffle();
    let origin = (word(), proptest::option::of(word()), proptest::option::of("203\\.0\\.113\\.[1-9]"))
        .prop_map(|(client, place, ip)| Origin { client, place, ip });
    let operation = (0..Operation::ALL.len()).prop_map(|place| Operation::ALL[place]);
    (word(), word(), operation, details(), origin, reasons, 0_u64..5_000_000_000).prop_map(
        |(relying_party, account, operation, details, origin, reasons, issued_at)| Content {
            relying_party,
            account,
            operation,
            details,
            origin,
            reasons,
            issued_at,
            zone: "America/New_York".into(),
        },
    )
}

/// All that is shown, in one comparable value.
fn members(content: &Content) -> String {
    format!("{content:?}")
}

proptest! {
    #[test]
    fn two_contents_look_the_same_only_if_they_are(one in any_content(), two in any_content()) {
        for locale in [Locale::Ja, Locale::En] {
            let same = one.render(locale).unwrap().hash() == two.render(locale).unwrap().hash();
            prop_assert_eq!(same, members(&one) == members(&two));
        }
    }

    #[test]
    fn a_change_of_the_details_alone_is_seen(one in details(), two in details(), content in any_content()) {
        let with = |details: &[Detail]| Content { details: details.to_vec(), ..content.clone() };
        for locale in [Locale::Ja, Locale::En] {
            let same = with(&one).render(locale).unwrap().hash() == with(&two).render(locale).unwrap().hash();
            prop_assert_eq!(same, one == two);
        }
    }

    /// The same kind of detail on both sides, from few letters: where members could run into each other, here.
    #[test]
    fn members_of_one_line_do_not_run_into_each_other(
        one in (word(), proptest::option::of(word()), word(), word()),
        two in (word(), proptest::option::of(word()), word(), word()),
    ) {
        let line = |(bank, branch, kind, masked): &(String, Option<String>, String, String)| {
            values::joined(&[Some(bank), branch.as_ref(), Some(kind), Some(masked)])
        };
        prop_assert_eq!(line(&one) == line(&two), one == two);
    }
}

/// `docs/display.md` names links of the zone database as names of zones.
#[test]
fn a_link_of_the_zone_database_is_a_name() {
    for zone in ["Japan", "Asia/Tokyo", "Etc/UTC", "UTC"] {
        assert!(is_known_zone(zone), "{zone}");
    }
}

/// `docs/display.md` is normative: every word and sign that is shown stands in it.
#[test]
fn the_document_has_every_word() {
    let document = include_str!("../../../../docs/display.md");
    let has = |text: &str| assert!(document.contains(text), "docs/display.md has no {text:?}");
    for locale in [Locale::Ja, Locale::En] {
        for label in Label::ALL {
            has(label.text(locale));
        }
        for word in
            [texts::limit(locale), texts::market(locale), texts::estimated(locale), texts::new_payee(locale)]
        {
            has(&format!("`{word}`"));
        }
    }
    for operation in Operation::ALL {
        let (ja, en) = (operation_heading(operation, Locale::Ja), operation_heading(operation, Locale::En));
        has(&format!("| `{}` | {ja} | {en} |", operation.as_str()));
    }
    for reason in Reason::ALL {
        let name = serde_json::to_value(reason).unwrap();
        let (ja, en) = (reason_text(reason, Locale::Ja), reason_text(reason, Locale::En));
        has(&format!("| `{}` | {ja} | {en} |", name.as_str().unwrap()));
    }
    for currency in Currency::all() {
        has(&format!("| {} | {} | `{}` |", currency.code, currency.decimals, currency.sign));
    }
}
