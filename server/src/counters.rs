//! What happens outside of requests is counted here, for `/metrics`.

use inkan_protocol::enrollment::PushProvider;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use crate::model::webhook::TryEnd;
use crate::push::Outcome;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Pushed {
    provider: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct WebhookTried {
    ended: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct KeycloakTold {
    word: &'static str,
    outcome: &'static str,
}

/// Counters that the app carries.
#[derive(Default)]
pub struct Counters {
    pushed: Family<Pushed, Counter>,
    webhook_tries: Family<WebhookTried, Counter>,
    keycloak_tries: Family<KeycloakTold, Counter>,
}

impl Counters {
    /// Shows them in a registry.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("pushes", "Pushes tried, by how the try ended", self.pushed.clone());
        let tries = self.webhook_tries.clone();
        registry.register("webhook_tries", "Deliveries tried, by how the try ended", tries);
        let tries = self.keycloak_tries.clone();
        registry.register(
            "keycloak_tries",
            "Callbacks to Keycloak tried, by what was told and how it ended",
            tries,
        );
    }

    /// Keycloak was told of a decision.
    pub fn keycloak_tried(&self, word: &'static str, outcome: &'static str) {
        self.keycloak_tries.get_or_create(&KeycloakTold { word, outcome }).inc();
    }

    /// A webhook's delivery was tried.
    pub fn webhook_tried(&self, ended: &TryEnd) {
        let ended = match ended {
            TryEnd::Answered(200..=299) => "success",
            TryEnd::Answered(300..=399) => "redirect",
            TryEnd::Answered(400..=499) => "client_error",
            TryEnd::Answered(_) => "server_error",
            TryEnd::Unanswered { why, .. } => why.as_str(),
        };
        self.webhook_tries.get_or_create(&WebhookTried { ended }).inc();
    }

    /// A push was tried.
    pub fn pushed(&self, provider: PushProvider, outcome: &Outcome) {
        let provider = match provider {
            PushProvider::Apns => "apns",
            PushProvider::Fcm => "fcm",
            PushProvider::Webpush => "webpush",
        };
        self.pushed.get_or_create(&Pushed { provider, outcome: outcome.as_str() }).inc();
    }
}
