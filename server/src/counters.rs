//! What happens outside of requests is counted here, for `/metrics`.

use inkan_protocol::enrollment::PushProvider;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use crate::push::Outcome;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Pushed {
    provider: &'static str,
    outcome: &'static str,
}

/// Counters that the app carries.
#[derive(Default)]
pub struct Counters {
    pushed: Family<Pushed, Counter>,
}

impl Counters {
    /// Shows them in a registry.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("pushes", "Pushes tried, by how the try ended", self.pushed.clone());
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
