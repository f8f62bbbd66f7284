//! Everything about a question that can be judged without the store, with the member to blame.

use std::net::IpAddr;

use axum::http::StatusCode;
use inkan_protocol::challenge::{MAX_REASONS, Tier, is_return_url};
use inkan_protocol::details::{self, DetailsError, Locale, Operation, Origin, Reason};
use inkan_protocol::ids::Digest;
use inkan_protocol::receipt::MAX_REFERENCE;
use inkan_protocol::text;

use super::{NewChallenge, NewOrigin};
use crate::asking::{Question, Tie, tier_too_low};
use crate::policy::numbers::network_of;
use crate::policy::tier::{Start, demanded, reachable};
use crate::policy::{client, return_url};
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::caller::Caller;
use crate::settings::Settings;

/// Longest `user_agent` taken, in bytes.
const MAX_USER_AGENT: usize = 4096;
/// Longest web session taken, in bytes.
const MAX_SESSION: usize = 512;

/// Checks a question. What passes can be shown on a phone in every language: signing renders it once more.
pub(super) fn check(body: NewChallenge, caller: &Caller, settings: &Settings) -> Result<Question, Refusal> {
    let locale = body.locale.unwrap_or(settings.locale);
    let owner = caller.owner(body.user)?;
    if body.operation == Operation::DeviceAdd {
        return Err(Refusal::invalid(
            "/operation",
            "the server asks `device_add` itself when a device is added",
        ));
    }
    details::check(body.operation, &body.details).map_err(|error| blame_details(&error))?;
    check_reasons(&body.reasons)?;
    let address = check_ip(&body.origin)?;
    let session = check_session(&body.origin)?;
    let origin = check_origin(body.origin, address, locale)?;
    check_return_url(body.start, body.return_url.as_deref(), settings)?;
    let least = if caller.live() { 30 } else { 1 };
    let most = settings.max_challenge_seconds;
    let seconds = body.expires_in.unwrap_or(settings.challenge_seconds);
    if !(least..=most).contains(&seconds) {
        return Err(Refusal::invalid("/expires_in", format!("must be {least} to {most} seconds")));
    }
    if let Some(reference) = &body.reference {
        text::check(reference, MAX_REFERENCE)
            .map_err(|error| Refusal::invalid("/reference", error.to_string()))?;
    }
    if body.minimum_tier == Some(Tier::None) {
        return Err(Refusal::invalid("/minimum_tier", "must be number, scan, link or returned"));
    }
    let minimum_tier = demanded(body.operation, body.minimum_tier, &settings.tier_floors);
    if reachable(body.start, body.return_url.is_some() && session.is_some()) < minimum_tier {
        return Err(too_low(minimum_tier, body.minimum_tier.is_some()));
    }
    Ok(Question {
        owner,
        operation: body.operation,
        details: body.details,
        origin,
        network: Some(network_of(address)),
        session,
        reasons: body.reasons,
        tie: Tie::Page(body.start),
        return_url: body.return_url,
        minimum_tier,
        reference: body.reference,
        locale,
        seconds,
        device: body.device,
    })
}

pub(in crate::routes::relying_party) fn blame_details(error: &DetailsError) -> Refusal {
    let field = match error {
        DetailsError::TooMany | DetailsError::Missing { .. } => "/details".to_owned(),
        DetailsError::Repeated { place } => format!("/details/{place}/type"),
        DetailsError::Member { place, member, .. } => format!("/details/{place}/{member}"),
    };
    Refusal::invalid(field, error.to_string())
}

fn check_reasons(reasons: &[Reason]) -> Result<(), Refusal> {
    if reasons.len() > MAX_REASONS {
        return Err(Refusal::invalid("/reasons", format!("at most {MAX_REASONS} reasons")));
    }
    let twin =
        reasons.iter().enumerate().find(|(place, reason)| reasons.iter().take(*place).any(|r| r == *reason));
    match twin {
        Some((place, _)) => Err(Refusal::invalid(format!("/reasons/{place}"), "stands twice")),
        None => Ok(()),
    }
}

fn check_ip(origin: &NewOrigin) -> Result<IpAddr, Refusal> {
    origin
        .ip
        .parse::<IpAddr>()
        .map(|address| address.to_canonical())
        .map_err(|_| Refusal::invalid("/origin/ip", "must be the customer's IP address"))
}

fn check_session(origin: &NewOrigin) -> Result<Option<Digest>, Refusal> {
    let Some(session) = &origin.session else { return Ok(None) };
    if (1..=MAX_SESSION).contains(&session.len()) {
        Ok(Some(Digest::of(session.as_bytes())))
    } else {
        Err(Refusal::invalid("/origin/session", format!("must be 1 to {MAX_SESSION} bytes")))
    }
}

fn check_origin(origin: NewOrigin, address: IpAddr, locale: Locale) -> Result<Origin, Refusal> {
    if origin.user_agent.len() > MAX_USER_AGENT {
        let why = format!("must be at most {MAX_USER_AGENT} bytes");
        return Err(Refusal::invalid("/origin/user_agent", why));
    }
    let shown = Origin {
        client: client::describe(&origin.user_agent, locale),
        place: origin.place,
        ip: Some(address.to_string()),
    };
    shown.check().map_err(|(member, why)| Refusal::invalid(format!("/origin/{member}"), why))?;
    Ok(shown)
}

fn check_return_url(start: Start, url: Option<&str>, settings: &Settings) -> Result<(), Refusal> {
    let Some(url) = url else { return Ok(()) };
    if start != Start::Link {
        return Err(Refusal::invalid("/return_url", "is for `start` `link` alone"));
    }
    if !is_return_url(url) {
        let why = "must be an https address without user, password or fragment, of at most 2048 characters";
        return Err(Refusal::invalid("/return_url", why));
    }
    if return_url::is_registered(url, &settings.return_urls) {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "return_url_not_registered",
        "the operator has not registered this address in scheme, host, port and path",
    )
    .at("/return_url"))
}

fn too_low(demanded: Tier, stated: bool) -> Refusal {
    let field = if stated { "/minimum_tier" } else { "/start" };
    tier_too_low(demanded).at(field)
}
