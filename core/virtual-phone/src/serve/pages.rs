//! The page's handlers: what the phone knows becomes a screen, a button becomes an action.

use std::{convert::Infallible, sync::Arc};

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{
        Html, IntoResponse as _, Redirect, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use inkan_protocol::details::Locale;
use serde::Deserialize;

use super::{
    Service, api,
    screens::{
        CodeScreen, DenyScreen, Desk, EnrollScreen, HistoryScreen, InboxScreen, RequestScreen, ResultScreen,
        SettingsScreen, YoursScreen,
    },
};
use crate::{
    action::{Action, Reply},
    failure::Failure,
    phone::{Biometrics, Theme},
    view::{ApprovalView, EnrollmentState, HistoryView, RequestView},
    words::Words,
};

type Shared = State<Arc<Service>>;

impl Service {
    fn desk(&self, back: &str) -> Desk {
        Desk::new(&self.phone.state(), &self.phone.trace(), self.auto, back)
    }

    fn waiting(&self, challenge: &str) -> Option<RequestView> {
        self.phone.state().inbox.requests.into_iter().find(|request| request.challenge == challenge)
    }

    fn words(&self) -> &'static Words {
        Words::of(self.phone.locale())
    }
}

fn page(screen: &impl Template) -> Response {
    refused_page(StatusCode::OK, screen)
}

fn refused_page(status: StatusCode, screen: &impl Template) -> Response {
    match screen.render() {
        Ok(html) => (status, Html(html)).into_response(),
        // templates are checked when they are compiled; only memory can be missing here
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn failed(service: &Service, failure: &Failure, back: &str) -> Response {
    refused_page(StatusCode::CONFLICT, &ResultScreen::failed(service.desk(back), failure))
}

pub(super) async fn home(State(service): Shared) -> Redirect {
    let state = service.phone.state();
    let open = state
        .enrollments
        .iter()
        .rev()
        .find(|enrollment| matches!(enrollment.state, EnrollmentState::Begun | EnrollmentState::Claimed));
    match (open, state.accounts.is_empty(), state.inbox.requests.as_slice()) {
        (Some(enrollment), ..) => Redirect::to(&format!("/enroll/{}", enrollment.enrollment)),
        (None, true, _) => Redirect::to("/enroll"),
        (None, false, [only]) => Redirect::to(&format!("/requests/{}", only.challenge)),
        _ => Redirect::to("/requests"),
    }
}

pub(super) async fn nowhere(State(service): Shared) -> Response {
    refused_page(StatusCode::NOT_FOUND, &ResultScreen::nowhere(service.desk("/")))
}

/// `?uri=`: what a page on this machine hands over is filled in, and begun by a button.
pub(super) async fn enroll(State(service): Shared, Query(form): Query<BeginForm>) -> Response {
    enroll_page(&service, form, None)
}

fn enroll_page(service: &Service, form: BeginForm, failure: Option<Failure>) -> Response {
    let status = if failure.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let BeginForm { uri, code, host } = form;
    refused_page(status, &EnrollScreen { desk: service.desk("/enroll"), failure, uri, code, host })
}

#[derive(Default, Deserialize)]
pub(super) struct BeginForm {
    #[serde(default)]
    uri: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    host: String,
}

pub(super) async fn begin(State(service): Shared, Form(form): Form<BeginForm>) -> Response {
    let action = if form.code.trim().is_empty() {
        Action::Begin { uri: form.uri.clone() }
    } else {
        Action::BeginTyped { host: form.host.clone(), code: form.code.clone() }
    };
    match service.phone.perform(action).await {
        Ok(Reply::Enrollment(view)) => Redirect::to(&format!("/enroll/{}", view.enrollment)).into_response(),
        Ok(_) => Redirect::to("/").into_response(),
        Err(failure) => enroll_page(&service, form, Some(failure)),
    }
}

pub(super) async fn enrollment(State(service): Shared, Path(id): Path<String>) -> Response {
    enrollment_page(&service, &id, None)
}

fn enrollment_page(service: &Service, id: &str, failure: Option<Failure>) -> Response {
    let desk = service.desk(&format!("/enroll/{id}"));
    let known = service.phone.state().enrollments.into_iter().find(|view| view.enrollment == id);
    match known {
        None => refused_page(StatusCode::NOT_FOUND, &ResultScreen::nowhere(desk)),
        Some(view) => match view.state {
            EnrollmentState::Begun => page(&YoursScreen::new(desk, view, failure)),
            EnrollmentState::Claimed => page(&CodeScreen::new(desk, view)),
            _ => page(&ResultScreen::enrolled(desk, &view)),
        },
    }
}

pub(super) async fn confirm(State(service): Shared, Path(id): Path<String>) -> Response {
    match service.phone.perform(Action::Confirm { enrollment: id.clone() }).await {
        Ok(_) => {
            api::follow(&service.phone, id.clone());
            Redirect::to(&format!("/enroll/{id}")).into_response()
        }
        Err(failure) => enrollment_page(&service, &id, Some(failure)),
    }
}

pub(super) async fn abandon(State(service): Shared, Path(id): Path<String>) -> Response {
    match service.phone.perform(Action::Abandon { enrollment: id }).await {
        Ok(_) => Redirect::to("/").into_response(),
        Err(failure) => failed(&service, &failure, "/"),
    }
}

pub(super) async fn inbox(State(service): Shared) -> Response {
    page(&InboxScreen::new(service.desk("/requests"), &service.phone.state(), None, String::new()))
}

#[derive(Deserialize)]
pub(super) struct LinkForm {
    #[serde(default)]
    link: String,
}

/// The page's link, as a system opens an app by it: a person's own way from page to page. What a page loads behind a
/// person's back (an image, a script's fetch) opens nothing; the link is filled in, for a button.
pub(super) async fn open_from_page(
    service: Shared,
    headers: HeaderMap,
    Query(form): Query<LinkForm>,
) -> Response {
    let walked = headers.get("sec-fetch-dest").is_none_or(|destination| destination == "document");
    if walked && !form.link.is_empty() {
        return open(service, Form(form)).await;
    }
    let State(service) = service;
    page(&InboxScreen::new(service.desk("/requests"), &service.phone.state(), None, form.link))
}

pub(super) async fn open(State(service): Shared, Form(form): Form<LinkForm>) -> Response {
    match service.phone.perform(Action::Open { link: form.link.clone() }).await {
        Ok(Reply::Request(request)) => {
            Redirect::to(&format!("/requests/{}", request.challenge)).into_response()
        }
        Ok(_) => Redirect::to("/requests").into_response(),
        Err(failure) => {
            let state = service.phone.state();
            let screen =
                InboxScreen::new(service.desk("/requests").still(), &state, Some(failure), form.link);
            refused_page(StatusCode::UNPROCESSABLE_ENTITY, &screen)
        }
    }
}

pub(super) async fn request(State(service): Shared, Path(id): Path<String>) -> Response {
    request_page(&service, &id, None, false).await
}

/// Whatever became of it: waiting, ended while the phone ran, or decided long ago.
async fn request_page(service: &Service, id: &str, failure: Option<Failure>, early: bool) -> Response {
    let desk = service.desk(&format!("/requests/{id}"));
    // an answer to a form stays until the person goes on
    let desk = if failure.is_some() || early { desk.still() } else { desk };
    let status = if failure.is_some() || early { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    if let Some(request) = service.waiting(id) {
        return refused_page(status, &RequestScreen::new(desk, &request, failure, early));
    }
    if let Some(ended) = service.phone.ended_request(id) {
        return page(&ResultScreen::ended(desk, &ended));
    }
    if let Some(entry) = past_entry(service, id).await {
        return page(&ResultScreen::past(desk, &entry));
    }
    match failure {
        Some(failure) => refused_page(StatusCode::CONFLICT, &ResultScreen::failed(desk, &failure)),
        None => refused_page(StatusCode::NOT_FOUND, &ResultScreen::nowhere(desk)),
    }
}

async fn past_entry(service: &Service, id: &str) -> Option<HistoryView> {
    match service.phone.perform(Action::History {}).await {
        Ok(Reply::History { entries }) => entries.into_iter().find(|entry| entry.answer.challenge == id),
        _ => None,
    }
}

#[derive(Deserialize)]
pub(super) struct ApproveForm {
    #[serde(default)]
    number: String,
}

pub(super) async fn approve(
    State(service): Shared,
    Path(id): Path<String>,
    Form(form): Form<ApproveForm>,
) -> Response {
    let number = form.number.trim().to_owned();
    // pressed too early: the page says what is missing, and nothing is asked of the key
    let early = service.waiting(&id).is_some_and(|request| match request.approval {
        ApprovalView::Number { .. } => number.is_empty(),
        ApprovalView::Scan | ApprovalView::Link => true,
        ApprovalView::Confirmation | ApprovalView::Blocked { .. } => false,
    });
    if early {
        return request_page(&service, &id, None, true).await;
    }
    let number = (!number.is_empty()).then_some(number.as_str());
    match service.phone.approve_on_page(&id, number).await {
        Ok(back) => match (back, service.phone.ended_request(&id)) {
            (Some(address), Some(ended)) => {
                let desk = service.desk(&format!("/requests/{id}")).still();
                page(&ResultScreen::going_back(desk, &ended, address.expose_url()))
            }
            _ => Redirect::to(&format!("/requests/{id}")).into_response(),
        },
        Err(failure) => unanswered(&service, &id, failure).await,
    }
}

pub(super) async fn ask_deny(State(service): Shared, Path(id): Path<String>) -> Response {
    match service.waiting(&id) {
        Some(request) => page(&DenyScreen::new(service.desk(&format!("/requests/{id}/deny")), &request)),
        None => Redirect::to(&format!("/requests/{id}")).into_response(),
    }
}

pub(super) async fn deny(State(service): Shared, Path(id): Path<String>) -> Response {
    answered(&service, &id, Action::Deny { challenge: id.clone(), reason: None }).await
}

/// Declines everything that waits. What cannot be declined stays in the list, with the reason.
pub(super) async fn deny_all(State(service): Shared) -> Response {
    let mut failure = None;
    for request in service.phone.state().inbox.requests {
        let deny = Action::Deny { challenge: request.challenge, reason: None };
        if let Err(refused) = service.phone.perform(deny).await {
            failure = Some(refused);
        }
    }
    match failure {
        None => Redirect::to("/requests").into_response(),
        Some(failure) => {
            let state = service.phone.state();
            let screen =
                InboxScreen::new(service.desk("/requests").still(), &state, Some(failure), String::new());
            refused_page(StatusCode::CONFLICT, &screen)
        }
    }
}

pub(super) async fn report(State(service): Shared, Path(id): Path<String>) -> Response {
    answered(&service, &id, Action::Report { challenge: id.clone() }).await
}

async fn answered(service: &Service, id: &str, action: Action) -> Response {
    match service.phone.perform(action).await {
        Ok(_) => Redirect::to(&format!("/requests/{id}")).into_response(),
        Err(failure) => unanswered(service, id, failure).await,
    }
}

async fn unanswered(service: &Service, id: &str, failure: Failure) -> Response {
    // a decision may have been kept: the screen says so once the request has been read again
    let _ = service.phone.perform(Action::Inbox { wait: 0 }).await;
    request_page(service, id, Some(failure), false).await
}

pub(super) async fn history(State(service): Shared) -> Response {
    match service.phone.perform(Action::History {}).await {
        Ok(Reply::History { entries }) => page(&HistoryScreen::new(service.desk("/history"), &entries)),
        Ok(_) => Redirect::to("/").into_response(),
        Err(failure) => failed(&service, &failure, "/history"),
    }
}

pub(super) async fn past(State(service): Shared, Path(id): Path<String>) -> Response {
    let desk = service.desk(&format!("/history/{id}"));
    match past_entry(&service, &id).await {
        Some(entry) => page(&ResultScreen::past(desk, &entry)),
        None => refused_page(StatusCode::NOT_FOUND, &ResultScreen::nowhere(desk)),
    }
}

pub(super) async fn settings(State(service): Shared) -> Response {
    // where the server cannot be asked, the accounts are shown as they were
    let _ = service.phone.perform(Action::Accounts {}).await;
    settings_page(&service, None, None)
}

fn settings_page(service: &Service, done: Option<&'static str>, failure: Option<Failure>) -> Response {
    let status = if failure.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let desk = service.desk("/settings");
    let accounts = service.phone.state().accounts;
    refused_page(status, &SettingsScreen::new(desk, &accounts, done, failure))
}

async fn changed(service: &Service, action: Action, done: &'static str) -> Response {
    match service.phone.perform(action).await {
        Ok(_) => settings_page(service, Some(done), None),
        Err(failure) => settings_page(service, None, Some(failure)),
    }
}

#[derive(Deserialize)]
pub(super) struct NameForm {
    name: String,
}

pub(super) async fn rename(
    State(service): Shared,
    Path(account): Path<String>,
    Form(form): Form<NameForm>,
) -> Response {
    let action = Action::Rename { account: Some(account), name: form.name };
    changed(&service, action, service.words().renamed).await
}

pub(super) async fn rotate(State(service): Shared, Path(account): Path<String>) -> Response {
    changed(&service, Action::RotateKeys { account: Some(account) }, service.words().rotated).await
}

pub(super) async fn leave(State(service): Shared, Path(account): Path<String>) -> Response {
    changed(&service, Action::Leave { account: Some(account) }, service.words().left_account).await
}

pub(super) async fn freeze(State(service): Shared, Path(account): Path<String>) -> Response {
    match service.phone.perform(Action::Freeze { account: Some(account.clone()) }).await {
        Ok(_) => match service.phone.state().accounts.iter().find(|known| known.account == account) {
            Some(known) => page(&ResultScreen::frozen(service.desk("/settings").still(), known)),
            None => Redirect::to("/settings").into_response(),
        },
        Err(failure) => settings_page(&service, None, Some(failure)),
    }
}

#[derive(Deserialize)]
pub(super) struct SwitchForm {
    back: String,
    network: Option<Network>,
    biometrics: Option<Biometrics>,
    locale: Option<Locale>,
    theme: Option<Theme>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Network {
    On,
    Off,
}

pub(super) async fn switches(State(service): Shared, Form(form): Form<SwitchForm>) -> Response {
    let action = Action::Switch {
        network: form.network.map(|network| network == Network::On),
        biometrics: form.biometrics,
        locale: form.locale,
        theme: form.theme,
    };
    // back to a page of ours, never to another host
    let own = form.back.starts_with('/') && !form.back.starts_with("//") && !form.back.contains('\\');
    let back = if own { form.back.as_str() } else { "/" };
    match service.phone.perform(action).await {
        Ok(_) => Redirect::to(back).into_response(),
        Err(failure) => failed(&service, &failure, back),
    }
}

/// A number that rises with every change.
pub(super) async fn events(State(service): Shared) -> Response {
    let changes = stream::unfold(service.phone.watch(), |mut watch| async move {
        watch.changed().await.ok()?;
        let version = *watch.borrow_and_update();
        let event = Event::default().event("changed").data(version.to_string());
        Some((Ok::<_, Infallible>(event), watch))
    });
    Sse::new(changes).keep_alive(KeepAlive::default()).into_response()
}
