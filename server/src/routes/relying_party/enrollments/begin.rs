//! `POST /v1/enrollments`: begins an enrollment and answers what the customer's page shows.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use inkan_protocol::enrollment::{Authentication, AuthenticationMethod, EnrollmentSecret, TypedCode};
use inkan_protocol::ids::{Digest, EnrollmentId, NumericDate, Reveal, Subject, UserId};
use inkan_protocol::text;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::schemas::ProblemSchema;
use crate::app::{App, Shared};
use crate::enrolling::{Secrets, admission, check_room, save};
use crate::model::api_key::Scope;
use crate::model::enrollment::{Enrollment, EnrollmentState};
use crate::model::user::{User, UserKey};
use crate::policy::authentication::{Admission, Profile};
use crate::random::{make_bytes, make_uuid_v7};
use crate::routes::body;
use crate::routes::moment::{parse_rfc3339, rfc3339};
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;
use crate::{ledger, qr};

/// How far ahead of this server's clock a stated time may be, in seconds.
const CLOCKS_DIFFER_SECONDS: u64 = 60;
/// How old a stated authentication may be, in seconds, in every profile but `dev`: an hour, the longest idle life of a
/// web session.
const FRESH_SECONDS: u64 = 3600;

/// For whom, and how the customer was just authenticated.
#[derive(Deserialize, ToSchema)]
pub struct Begin {
    /// Your opaque id of the customer: 1 to 64 of `A-Za-z0-9._-`.
    #[schema(value_type = String)]
    user: UserId,
    /// The account as the phone shows it, masked: 1 to 64 characters.
    #[schema(example = "***1234")]
    display_name: String,
    /// How the customer was authenticated before this call; needed in every profile but `dev`.
    #[serde(default, deserialize_with = "body::optional_object")]
    authentication: Option<StatedAuthentication>,
}

/// How a customer was authenticated.
#[derive(Deserialize, ToSchema)]
pub struct StatedAuthentication {
    /// All that was used, each once: `password`, `trading_password`, `passkey`, `identity_proof`, `letter`, `branch`,
    /// `older_device`, `email_code`.
    #[schema(value_type = Vec<String>)]
    methods: Vec<AuthenticationMethod>,
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    at: String,
}

/// What the customer's page shows. All but `id` and times are secrets of that page.
#[derive(Serialize, ToSchema)]
pub struct Begun {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: EnrollmentId,
    /// Live, or test mode.
    livemode: bool,
    /// The customer.
    user: String,
    /// `pending`.
    state: &'static str,
    /// The link that the QR code holds; on the phone itself an app link.
    uri: String,
    /// Twelve characters that buy the same once, for a phone that cannot scan.
    #[schema(example = "4H7K-9QXW-2M3D")]
    typed_code: String,
    /// The QR code as SVG.
    qr_svg: String,
    /// The QR code as PNG, base64.
    qr_png: String,
    /// When it was made, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// From then on it cannot be claimed.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Begin an enrollment.
#[utoipa::path(
    post,
    path = "/v1/enrollments",
    tag = "enrollments",
    security(("api_key" = [])),
    request_body = Begin,
    responses(
        (status = 201, description = "begun", body = Begun),
        (status = 403, description = "`stronger_authentication_needed`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_devices`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`, `test_user`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn begin(
    State(app): State<Shared>,
    caller: Caller,
    body::Json(asked): body::Json<Begin>,
) -> Result<(StatusCode, Json<Begun>), Refusal> {
    caller.require(Scope::Enroll)?;
    let owner = caller.owner(asked.user)?;
    text::check(&asked.display_name, 64)
        .map_err(|error| Refusal::invalid("/display_name", error.to_string()))?;
    let authentication = stated(asked.authentication, app.clock.now())?;
    check_fresh(&app, &authentication)?;
    let shared = app.clone();
    let begun =
        app.storage.write(move |tx| make(tx, &shared, owner, asked.display_name, authentication)).await?;
    Ok((StatusCode::CREATED, Json(begun)))
}

fn stated(stated: Option<StatedAuthentication>, now: NumericDate) -> Result<Authentication, Refusal> {
    let Some(stated) = stated else { return Ok(Authentication { methods: Vec::new(), at: now }) };
    let at =
        parse_rfc3339(&stated.at).filter(|at| *at <= now.saturating_add(CLOCKS_DIFFER_SECONDS)).ok_or_else(
            || Refusal::invalid("/authentication/at", "must be a time in RFC 3339 that has passed"),
        )?;
    let authentication = Authentication { methods: stated.methods, at };
    authentication.check().map_err(|_| {
        Refusal::invalid("/authentication/methods", "must name at most eight methods, each once")
    })?;
    Ok(authentication)
}

/// An authentication of yesterday says nothing of who is there now.
fn check_fresh(app: &App, stated: &Authentication) -> Result<(), Refusal> {
    let age = app.clock.now().saturating_sub(stated.at);
    if app.settings.enrollment.profile == Profile::Dev || age <= FRESH_SECONDS {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::FORBIDDEN,
        "stronger_authentication_needed",
        "the customer was authenticated more than an hour ago; authenticate again, then begin",
    )
    .at("/authentication/at"))
}

fn make(
    tx: &mut dyn Transaction,
    app: &App,
    owner: UserKey,
    display_name: String,
    authentication: Authentication,
) -> Result<Begun, Refusal> {
    let (now, random) = (app.clock.now(), app.random.as_ref());
    let devices = tx.devices_of(&owner)?;
    check_room(app, &devices)?;
    if admission(app, &authentication, &devices) == Admission::Refused {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "stronger_authentication_needed",
            "how the customer was authenticated does not permit another phone; use a passkey, a proof of identity or \
             an older device",
        )
        .at("/authentication/methods"));
    }
    if tx.user(&owner)?.is_none() {
        let sub = Subject(make_uuid_v7(app.clock.now_millis(), random)?);
        tx.put_user(&User::new(owner.clone(), sub, now))?;
    }
    let id = EnrollmentId(make_uuid_v7(app.clock.now_millis(), random)?);
    let secrets = Secrets {
        secret: EnrollmentSecret::new(make_bytes(random)?),
        reveal: Reveal(make_bytes(random)?),
        answer: None,
    };
    let code = TypedCode::from_bits(u64::from_be_bytes(make_bytes(random)?));
    let enrollment = Enrollment {
        id,
        display_name,
        authentication,
        created_at: now,
        expires_at: now.saturating_add(app.settings.enrollment_seconds),
        ticket: secrets.reveal.ticket(),
        typed_code: Digest::of(code.expose_text().as_bytes()),
        typed_code_used: false,
        sealed: Some(secrets.seal(app, id)?),
        state: EnrollmentState::Pending,
        owner,
    };
    save(tx, &enrollment)?;
    let owner = &enrollment.owner;
    let data = json!({ "user": owner.user.as_str(), "enrollment": id.to_string() });
    ledger::record(tx, app, owner.live, "device.enrollment_begun", data)?;
    let uri = secrets.uri(app, owner.live).expose_text();
    Ok(Begun {
        id,
        livemode: owner.live,
        user: owner.user.to_string(),
        state: enrollment.state_name(),
        typed_code: code.expose_grouped(),
        qr_svg: qr::svg(&uri)?,
        qr_png: STANDARD.encode(qr::png(&uri)?),
        uri,
        created_at: rfc3339(now),
        expires_at: rfc3339(enrollment.expires_at),
    })
}
