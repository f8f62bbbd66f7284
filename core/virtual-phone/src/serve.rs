//! The local page and the local API of a virtual phone.
//!
//! ```text
//! GET  /                          where the phone is now
//! GET  /enroll …/{id}             a code (`?uri=`: filled in), "is this your account?", six digits, done
//! GET  /open?link=                the app is opened from the page on this phone
//! GET  /requests …/{id} …/deny    what waits; one request, whatever became of it; "was it you?"
//! GET  /history …/{id}  /settings
//! POST …                          the buttons; the browser's Origin must be this page's own
//! GET  /events                    server-sent events: a number that rises with every change
//! GET  /static/{file}             styles, script, seals
//! *    /api/{action}              the same actions for programs, with a token
//! ```
//!
//! It listens on loopback alone, answers to the names of loopback alone (no DNS name can be rebound to it), and lets
//! no other origin in.

mod api;
mod assets;
mod facts;
mod guard;
mod pages;
mod screens;
#[cfg(test)]
mod tests;

use std::{future::Future, io, net::SocketAddr, sync::Arc};

use axum::{
    Router, middleware,
    routing::{get, post},
};
use inkan_protocol::answer::Decision;
use tokio::net::TcpListener;

use crate::{
    control::{Control, ControlToken},
    failure::Fault,
    home::Home,
    phone::Phone,
};

/// What the page and the API are served from.
#[derive(Clone)]
pub struct Service {
    /// The phone.
    pub phone: Arc<Phone>,
    /// Where it listens: decides which Host and Origin are its own.
    pub address: SocketAddr,
    /// The token of the local API.
    pub token: ControlToken,
    /// Whether the local API needs no token.
    pub open_control: bool,
    /// What the phone answers by itself, for the page to say.
    pub auto: Option<Decision>,
}

impl Service {
    /// Every route.
    pub fn router(self) -> Router {
        let state = Arc::new(self);
        let api = Router::new()
            .route("/api/{action}", get(api::read).post(api::act))
            .route_layer(middleware::from_fn_with_state(state.clone(), guard::token));
        let pages = Router::new()
            .route("/", get(pages::home))
            .route("/enroll", get(pages::enroll).post(pages::begin))
            .route("/enroll/{id}", get(pages::enrollment))
            .route("/enroll/{id}/confirm", post(pages::confirm))
            .route("/enroll/{id}/abandon", post(pages::abandon))
            .route("/open", get(pages::open_from_page).post(pages::open))
            .route("/requests", get(pages::inbox))
            .route("/requests/deny", post(pages::deny_all))
            .route("/requests/{id}", get(pages::request))
            .route("/requests/{id}/approve", post(pages::approve))
            .route("/requests/{id}/deny", get(pages::ask_deny).post(pages::deny))
            .route("/requests/{id}/report", post(pages::report))
            .route("/history", get(pages::history))
            .route("/history/{id}", get(pages::past))
            .route("/settings", get(pages::settings))
            .route("/settings/{account}/rename", post(pages::rename))
            .route("/settings/{account}/rotate", post(pages::rotate))
            .route("/settings/{account}/leave", post(pages::leave))
            .route("/settings/{account}/freeze", post(pages::freeze))
            .route("/switches", post(pages::switches))
            .route("/events", get(pages::events))
            .route("/static/{file}", get(assets::file))
            .route_layer(middleware::from_fn_with_state(state.clone(), guard::origin));
        api.merge(pages)
            .fallback(pages::nowhere)
            .layer(middleware::from_fn_with_state(state.clone(), guard::host))
            .with_state(state)
    }
}

/// Binds to a loopback address; any other is refused.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, Fault> {
    if !address.ip().is_loopback() {
        return Err(Fault::Call(format!("--listen {address}: only loopback, for instance 127.0.0.1:7080")));
    }
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => Fault::Call(format!("--listen {address}: the port is in use")),
        _ => Fault::Home(error),
    })
}

/// Serves until `end` is over. `home`: where `control.json` stands meanwhile. `ready` is called once it stands there.
pub async fn run(
    listener: TcpListener,
    service: Service,
    home: Option<Home>,
    ready: impl FnOnce(),
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Fault> {
    if let Some(home) = &home {
        Control { address: service.address, token: service.token.clone() }.write(home)?;
    }
    ready();
    let phone = Arc::clone(&service.phone);
    for enrollment in phone.state().enrollments {
        api::follow(&phone, enrollment.enrollment);
    }
    let looking = tokio::spawn(async move { phone.keep_looking().await });
    let server = axum::serve(listener, service.router());
    // event streams never end by themselves, so the server is dropped, not drained
    let result = tokio::select! {
        result = async { server.await } => result,
        () = end => Ok(()),
    };
    looking.abort();
    if let Some(home) = &home {
        Control::remove(home);
    }
    Ok(result?)
}
