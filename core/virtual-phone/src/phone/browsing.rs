//! The browser on the phone: one a profile, opened when it is first needed.

use std::{collections::BTreeMap, sync::Arc};

use inkan_core::ports::Transport;

use super::Phone;
use crate::{
    browser::{Browser, Page},
    failure::Fault,
};

/// The profile that is meant where nothing is said.
pub const MAIN_PROFILE: &str = "main";

impl Phone {
    pub(super) async fn browse(
        &self,
        url: &str,
        submit: Option<String>,
        set: BTreeMap<String, String>,
        profile: Option<&str>,
    ) -> Result<Page, Fault> {
        let browser = self.browser(profile).await?;
        let page = match submit {
            None => browser.visit(url).await?,
            Some(form) => {
                let fill: Vec<(String, String)> = set.into_iter().collect();
                browser.submit(url, &form, &fill).await?
            }
        };
        Ok(page)
    }

    pub(super) async fn browser(&self, profile: Option<&str>) -> Result<Arc<Browser>, Fault> {
        let profile = profile.unwrap_or(MAIN_PROFILE);
        let file = match &self.home {
            Some(home) => Some(home.browser(profile).ok_or(Fault::Profile)?),
            None => None,
        };
        let mut browsers = self.browsers.lock().await;
        if let Some(open) = browsers.get(profile) {
            return Ok(Arc::clone(open));
        }
        let transport: Arc<dyn Transport> = self.transport.clone();
        let browser = Arc::new(match file {
            Some(file) => Browser::in_file(file, transport, self.clock.clone())?,
            None => Browser::forgetful(transport, self.clock.clone()),
        });
        browsers.insert(profile.to_owned(), Arc::clone(&browser));
        Ok(browser)
    }
}
