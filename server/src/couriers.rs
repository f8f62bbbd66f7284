//! Who carries what lies in the outbox: a courier for each queue that this server has somebody for, and a task for each.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::app::{App, Shared};
use crate::ciba::ping::CibaPing;
use crate::courier::{self, Courier};
use crate::keycloak::KeycloakCourier;
use crate::outbound::OutboundError;
use crate::push::PushCourier;
use crate::webhook::carrier::WebhookCourier;

/// One for each queue that is carried. A queue without one keeps what lies in it.
pub fn all(app: &App) -> Result<Vec<Arc<dyn Courier>>, OutboundError> {
    let mut couriers = PushCourier::all(app);
    couriers.push(Arc::new(WebhookCourier::new(&app.outbound)?));
    couriers.push(Arc::new(CibaPing::new(app)?));
    if !app.settings.keycloak.issuers.is_empty() {
        couriers.push(Arc::new(KeycloakCourier));
    }
    Ok(couriers)
}

/// Starts them. They end by themselves when the app is drained, each after the tries that it has begun: no longer than
/// its longest try takes. What they could not begin is carried after the next start.
pub fn start(app: &Shared) -> Result<JoinSet<()>, OutboundError> {
    let mut running = JoinSet::new();
    for courier in all(app)? {
        running.spawn(courier::run(app.clone(), courier));
    }
    Ok(running)
}
