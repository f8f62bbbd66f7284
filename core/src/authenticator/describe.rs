//! What the phone says of itself, and saying it again when an update of app or system, or another language, has changed
//! it: otherwise no server would know which templates can be shown from now on.

use inkan_protocol::{
    details::Operation,
    display::Template,
    enrollment::{DeviceDescription, PROTOCOL_VERSION},
};

use super::{
    Inner,
    line::{Call, Caller},
};
use crate::{
    account::{AccountId, AccountState, Described},
    error::Error,
    ports::Method,
};

impl Inner {
    /// The description as it is now.
    pub(super) fn describe(&self) -> DeviceDescription {
        let profile = self.profile.clone();
        let templates =
            Operation::ALL.into_iter().map(Template::newest).map(|newest| (newest.template, newest.version));
        DeviceDescription {
            name: profile.name,
            model: profile.model,
            os: profile.os,
            app_version: profile.app_version,
            locale: self.locale(),
            version: PROTOCOL_VERSION,
            templates: templates.collect(),
        }
    }

    /// Tells an account's server what has changed since it was last told. Nothing else depends on it: what gets no
    /// answer is told at the next look, what the server does not take is not told again.
    pub(super) async fn tell_description(&self, id: AccountId) {
        let now = Described::of(&self.describe());
        let Ok(account) = self.account(id) else { return };
        let recognised = matches!(account.state, AccountState::Active | AccountState::KeyInvalid);
        let change = now.since(account.told.as_ref());
        if change.is_empty() || !recognised || account.leaving || account.renewal.is_some() {
            return;
        }
        let (Ok(caller), Ok(body)) = (Caller::of(&account), serde_json::to_vec(&change)) else { return };
        let answer = self.signed(&caller, &Call::change(Method::Patch, "/d/v1/device", body)).await;
        // the second: an older server, which knows of no such change
        if matches!(answer, Ok(_) | Err(Error::Server { status: 400 | 404 | 405 | 422, .. })) {
            // a store that fails now says so at the next change; telling it twice does no harm
            drop(self.change_account(id, |account| account.told = Some(now)));
        }
    }
}
