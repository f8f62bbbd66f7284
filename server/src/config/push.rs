//! Who rings phones: each provider by a table of its own, `[push.apns]`, `[push.fcm]`, `[push.web]`. None is needed.

use std::path::PathBuf;

use inkan_protocol::ids::ServerName;
use serde::{Deserialize, Serialize};

/// The push providers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Push {
    /// Apple.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apns: Option<Apns>,
    /// Google.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fcm: Option<Fcm>,
    /// Web Push and UnifiedPush.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web: Option<Web>,
}

/// Apple Push Notification service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Apns {
    /// The `.p8` file.
    pub key: PathBuf,
    /// Its id.
    pub key_id: String,
    /// Whose it is.
    pub team_id: String,
    /// The app's bundle id.
    pub topic: String,
    /// Whose tokens the phones have.
    pub environment: ApnsEnvironment,
    /// Another place than Apple's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<ServerName>,
}

/// Apple's two sides; tokens of one mean nothing to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApnsEnvironment {
    /// The App Store and `TestFlight`.
    Production,
    /// Apps that Xcode installed.
    Sandbox,
}

/// Firebase Cloud Messaging.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fcm {
    /// The service account's JSON file.
    pub service_account: PathBuf,
    /// Another place than Google's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<ServerName>,
}

/// Web Push and UnifiedPush.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Web {
    /// `mailto:` or `https:`: where a push service reaches the operator.
    pub contact: String,
}
