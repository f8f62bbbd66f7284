//! The words: labels, headings, reasons, in every language. `docs/display.md` lists them all; a changed word is a new
//! template version.

use crate::details::{Locale, Operation, Reason, Side};

/// The labels that the templates use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    RelyingParty,
    Account,
    Operation,
    Amount,
    Security,
    Quantity,
    Price,
    Side,
    OwnAccount,
    Payee,
    PayoutAccount,
    NewPayee,
    Changed,
    Before,
    After,
    DateTime,
    Reference,
    Client,
    Place,
    IssuedAt,
    Ip,
    Reason,
}

impl Label {
    pub(super) const ALL: [Self; 22] = [
        Self::RelyingParty,
        Self::Account,
        Self::Operation,
        Self::Amount,
        Self::Security,
        Self::Quantity,
        Self::Price,
        Self::Side,
        Self::OwnAccount,
        Self::Payee,
        Self::PayoutAccount,
        Self::NewPayee,
        Self::Changed,
        Self::Before,
        Self::After,
        Self::DateTime,
        Self::Reference,
        Self::Client,
        Self::Place,
        Self::IssuedAt,
        Self::Ip,
        Self::Reason,
    ];

    pub(super) fn text(self, locale: Locale) -> &'static str {
        let (ja, en) = match self {
            Self::RelyingParty => ("依頼元", "Requested by"),
            Self::Account => ("口座", "Account"),
            Self::Operation => ("手続き", "Request"),
            Self::Amount => ("金額", "Amount"),
            Self::Security => ("銘柄", "Security"),
            Self::Quantity => ("数量", "Quantity"),
            Self::Price => ("価格", "Price"),
            Self::Side => ("売買", "Side"),
            Self::OwnAccount => ("対象口座", "Account used"),
            Self::Payee => ("出金先", "Pay to"),
            Self::PayoutAccount => ("出金先口座", "Payout account"),
            Self::NewPayee => ("出金先の登録", "Payee status"),
            Self::Changed => ("変更項目", "Change"),
            Self::Before => ("変更前", "Before"),
            Self::After => ("変更後", "After"),
            Self::DateTime => ("日時", "Date and time"),
            Self::Reference => ("受付番号", "Reference number"),
            Self::Client => ("アクセス元", "Requested from"),
            Self::Place => ("場所", "Place"),
            Self::IssuedAt => ("アクセス日時", "Requested at"),
            Self::Ip => ("IPアドレス", "IP address"),
            Self::Reason => ("確認の理由", "Why you are asked"),
        };
        pick(locale, ja, en)
    }
}

/// The heading of an operation.
pub fn operation_heading(operation: Operation, locale: Locale) -> &'static str {
    let (ja, en) = match operation {
        Operation::Login => ("ログインの確認", "Confirm sign-in"),
        Operation::Order => ("注文の確認", "Confirm order"),
        Operation::Withdrawal => ("出金の確認", "Confirm withdrawal"),
        Operation::PayoutAccountChange => ("出金先口座の変更の確認", "Confirm change of payout account"),
        Operation::ContactChange => ("連絡先の変更の確認", "Confirm change of contact details"),
        Operation::SettingsChange => ("設定の変更の確認", "Confirm change of settings"),
        Operation::DeviceAdd => ("端末の追加の確認", "Confirm new device"),
        Operation::Other => ("お手続きの確認", "Confirm request"),
    };
    pick(locale, ja, en)
}

/// A reason in words.
pub fn reason_text(reason: Reason, locale: Locale) -> &'static str {
    let (ja, en) = match reason {
        Reason::NewBrowser => ("はじめてのブラウザーからの操作です", "This browser has not been used before"),
        Reason::NewNetwork => {
            ("はじめてのネットワークからの操作です", "This network has not been used before")
        }
        Reason::UnusualPlace => ("いつもと異なる場所です", "This is not the usual place"),
        Reason::ImpossibleTravel => {
            ("前回の操作から移動できない距離の場所です", "This place is too far from the last one")
        }
        Reason::UserAgentChanged => {
            ("ブラウザーの情報が前回と異なります", "The browser describes itself differently than before")
        }
        Reason::UnusualTime => ("いつもと異なる時間帯です", "This is not the usual time of day"),
        Reason::ManyFailures => {
            ("この前に認証の失敗が続いています", "Several failed attempts came before this")
        }
        Reason::NewPayee => ("出金先がはじめての口座です", "This account has not been paid to before"),
        Reason::HighAmount => ("高額のお取引です", "The amount is high"),
        Reason::RiskSignal => {
            ("安全のため確認が必要と判断されました", "A risk check asked for this confirmation")
        }
    };
    pick(locale, ja, en)
}

pub(super) fn side(side: Side, locale: Locale) -> &'static str {
    match side {
        Side::Buy => pick(locale, "買い", "Buy"),
        Side::Sell => pick(locale, "売り", "Sell"),
    }
}

pub(super) fn new_payee(locale: Locale) -> &'static str {
    pick(locale, "はじめての出金先", "New payee")
}

pub(super) fn limit(locale: Locale) -> &'static str {
    pick(locale, "指値", "Limit")
}

pub(super) fn market(locale: Locale) -> &'static str {
    pick(locale, "成行", "Market")
}

/// What follows a place: nobody knows where an address is.
pub(super) fn estimated(locale: Locale) -> &'static str {
    pick(locale, "（推定）", " (estimated)")
}

fn pick(locale: Locale, ja: &'static str, en: &'static str) -> &'static str {
    match locale {
        Locale::Ja => ja,
        Locale::En => en,
    }
}
