//! Signing in, an order, a withdrawal: what a customer does here, and what is asked for each.

use axum::extract::{Form, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::asking::ask;
use super::{Broker, Failure, go, show};
use crate::session::{Purpose, Session, Visit};

/// Signs in with the number that the phone's customer types.
pub(super) async fn sign_in(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    let challenge = json!({
        "operation": "login",
        "details": [],
        "reasons": ["new_browser"],
        "start": "number",
    });
    ask(&broker, &visit, Purpose::SignIn, challenge, vec![fact("操作", "ログイン")]).await
}

/// Ends the session's sign-in.
pub(super) async fn sign_out(State(broker): State<Broker>, visit: Visit) -> Response {
    broker.sessions.change(&visit.id, |session| *session = Session::default());
    go(&visit, "/")
}

#[derive(askama::Template)]
#[template(path = "order.html")]
struct OrderPage {
    title: &'static str,
    signed_in: bool,
    wrong: Option<String>,
    quantity: String,
    price: String,
}

/// The order form.
pub(super) async fn order_page(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    order_form(&broker, &visit, None, "100", "2345")
}

fn order_form(
    broker: &Broker,
    visit: &Visit,
    wrong: Option<String>,
    quantity: &str,
    price: &str,
) -> Result<Response, Failure> {
    if !broker.sessions.read(&visit.id).signed_in {
        return Ok(go(visit, "/"));
    }
    show(
        visit,
        &OrderPage {
            title: "注文", signed_in: true, wrong, quantity: quantity.into(), price: price.into()
        },
    )
}

/// The order form's fields.
#[derive(Deserialize)]
pub(super) struct Order {
    side: String,
    quantity: String,
    price: String,
    start: String,
}

/// Asks for the order: a code to scan, or a number.
pub(super) async fn order(
    State(broker): State<Broker>,
    visit: Visit,
    Form(form): Form<Order>,
) -> Result<Response, Failure> {
    let side = if form.side == "sell" { "sell" } else { "buy" };
    let start = if form.start == "scan" { "scan" } else { "number" };
    let (Some(quantity), Some(price)) = (whole(&form.quantity), whole(&form.price)) else {
        let wrong = Some("数量と指値は、1以上の整数で入力してください。".to_owned());
        return order_form(&broker, &visit, wrong, &form.quantity, &form.price);
    };
    let challenge = json!({
        "operation": "order",
        "details": [
            {"type": "side", "value": side},
            {"type": "security", "code": "0001", "name": "見本電機", "market": "東証プライム"},
            {"type": "quantity", "value": quantity},
            {"type": "price", "kind": "limit", "value": price, "currency": "JPY"},
        ],
        "start": start,
    });
    let word = if side == "buy" { "買い" } else { "売り" };
    let facts = vec![
        fact("操作", "注文"),
        fact("売買", word),
        fact("銘柄", "0001 見本電機 東証プライム"),
        fact("数量", &format!("{}株", grouped(&quantity))),
        fact("指値", &format!("¥{}", grouped(&price))),
    ];
    ask(&broker, &visit, Purpose::Order, challenge, facts).await
}

#[derive(askama::Template)]
#[template(path = "withdraw.html")]
struct WithdrawPage {
    title: &'static str,
    signed_in: bool,
    wrong: Option<String>,
    amount: String,
}

/// The withdrawal form.
pub(super) async fn withdraw_page(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    withdraw_form(&broker, &visit, None, "1250000")
}

fn withdraw_form(
    broker: &Broker,
    visit: &Visit,
    wrong: Option<String>,
    amount: &str,
) -> Result<Response, Failure> {
    if !broker.sessions.read(&visit.id).signed_in {
        return Ok(go(visit, "/"));
    }
    show(visit, &WithdrawPage { title: "ご出金", signed_in: true, wrong, amount: amount.into() })
}

/// The withdrawal form's field.
#[derive(Deserialize)]
pub(super) struct Withdrawal {
    amount: String,
}

/// Asks for the withdrawal in tier `returned`: the app on this phone is opened by a link, and brings the browser back.
pub(super) async fn withdraw(
    State(broker): State<Broker>,
    visit: Visit,
    Form(form): Form<Withdrawal>,
) -> Result<Response, Failure> {
    let Some(amount) = whole(&form.amount) else {
        let wrong = Some("金額は、1以上の整数で入力してください。".to_owned());
        return withdraw_form(&broker, &visit, wrong, &form.amount);
    };
    let challenge = json!({
        "operation": "withdrawal",
        "details": [
            {"type": "amount", "value": amount, "currency": "JPY"},
            {
                "type": "bank_account",
                "bank": "見本銀行",
                "branch": "中央支店",
                "kind": "普通",
                "masked": "***4567",
                "new": true,
                "id": "payout-1",
            },
        ],
        "reasons": ["new_payee"],
        "start": "link",
        "return_url": format!("{}/return", broker.places.secure_pages),
        "minimum_tier": "returned",
    });
    let facts = vec![
        fact("操作", "出金"),
        fact("金額", &format!("¥{}", grouped(&amount))),
        fact("出金先", "見本銀行 中央支店 普通 ***4567"),
    ];
    ask(&broker, &visit, Purpose::Withdrawal, challenge, facts).await
}

fn fact(label: &str, value: &str) -> (String, String) {
    (label.to_owned(), value.to_owned())
}

/// A whole number above zero, without the commas that a person may type.
fn whole(text: &str) -> Option<String> {
    let digits = text.trim().replace(',', "");
    let number: u64 = digits.parse().ok()?;
    (number > 0 && number < 1_000_000_000_000_000).then(|| number.to_string())
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_grouped() {
        assert_eq!(whole("1,250,000").as_deref(), Some("1250000"));
        assert_eq!(grouped("1250000"), "1,250,000");
        assert_eq!(grouped("100"), "100");
        for wrong in ["", "0", "-5", "1.5", "9999999999999999"] {
            assert_eq!(whole(wrong), None, "{wrong}");
        }
    }
}
