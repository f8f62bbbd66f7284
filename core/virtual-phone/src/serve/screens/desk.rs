//! What stands around the phone's own screen, and the marks that screens share: seals, icons, time left.

use inkan_protocol::{answer::Decision, details::Locale};

use crate::{
    action::StateView,
    phone::{Biometrics, Theme},
    view::RequestView,
    words::{Words, fill, minutes, time_of_day},
};

/// A choice of a switch.
pub(in crate::serve) struct Choice {
    pub(in crate::serve) value: &'static str,
    pub(in crate::serve) word: &'static str,
    pub(in crate::serve) chosen: bool,
}

/// Everything around the phone's own screen.
pub(in crate::serve) struct Desk {
    pub(in crate::serve) w: &'static Words,
    pub(in crate::serve) locale: Locale,
    pub(in crate::serve) lang: &'static str,
    pub(in crate::serve) theme: &'static str,
    pub(in crate::serve) name: String,
    pub(in crate::serve) enrolled: Vec<String>,
    pub(in crate::serve) offset: String,
    pub(in crate::serve) auto: Option<&'static str>,
    pub(in crate::serve) network: Vec<Choice>,
    pub(in crate::serve) biometrics: Vec<Choice>,
    pub(in crate::serve) languages: Vec<Choice>,
    pub(in crate::serve) themes: Vec<Choice>,
    pub(in crate::serve) trace: Vec<(String, String)>,
    pub(in crate::serve) waiting: usize,
    /// Where the switches come back to.
    pub(in crate::serve) back: String,
    /// Names what is on the phone's screen: another key, another screen.
    pub(in crate::serve) key: String,
    /// Whether the page follows the news.
    pub(in crate::serve) follow: bool,
}

impl Desk {
    /// The desk around a screen at `back`.
    pub(in crate::serve) fn new(
        state: &StateView,
        trace: &[(u64, String)],
        auto: Option<Decision>,
        back: &str,
    ) -> Self {
        let w = Words::of(state.locale);
        let choice = |value, word, chosen| Choice { value, word, chosen };
        let biometrics = |value, word, is| choice(value, word, state.biometrics == is);
        let theme = |value, word, is| choice(value, word, state.theme == is);
        let offset =
            state.inbox.requests.iter().find_map(|request| request.clock_differs).unwrap_or_default();
        Self {
            w,
            locale: state.locale,
            lang: match state.locale {
                Locale::Ja => "ja",
                Locale::En => "en",
            },
            theme: match state.theme {
                Theme::Auto => "auto",
                Theme::Light => "light",
                Theme::Dark => "dark",
            },
            name: state.name.clone(),
            enrolled: state
                .accounts
                .iter()
                .map(|account| format!("{} {}", account.relying_party, account.display_name))
                .collect(),
            offset: fill(w.seconds, &[("n", &offset.to_string())]),
            auto: auto.map(|decision| match decision {
                Decision::Approve => w.auto_approve,
                Decision::Deny => w.auto_deny,
                Decision::Report => w.auto_report,
            }),
            network: vec![
                choice("on", w.network_on, state.network),
                choice("off", w.network_off, !state.network),
            ],
            biometrics: vec![
                biometrics("ok", w.biometrics_ok, Biometrics::Ok),
                biometrics("passcode", w.biometrics_passcode, Biometrics::Passcode),
                biometrics("fails", w.biometrics_fails, Biometrics::Fails),
                biometrics("cancelled", w.biometrics_cancelled, Biometrics::Cancelled),
                biometrics("invalidated", w.biometrics_invalidated, Biometrics::Invalidated),
            ],
            languages: vec![
                choice("ja", "日本語", state.locale == Locale::Ja),
                choice("en", "English", state.locale == Locale::En),
            ],
            themes: vec![
                theme("auto", w.theme_auto, Theme::Auto),
                theme("light", w.theme_light, Theme::Light),
                theme("dark", w.theme_dark, Theme::Dark),
            ],
            trace: trace.iter().rev().map(|(at, what)| (time_of_day(*at), what.clone())).collect(),
            waiting: state.inbox.requests.len(),
            back: back.to_owned(),
            key: back.to_owned(),
            follow: true,
        }
    }

    /// Another key than the address alone: whatever changes the screen.
    pub(in crate::serve) fn keyed(mut self, more: &str) -> Self {
        self.key = format!("{} {more}", self.back);
        self
    }

    /// A page that answers a form stays until the person goes on.
    pub(in crate::serve) fn still(mut self) -> Self {
        self.follow = false;
        self
    }

    /// The first place of the menu, with how many wait.
    pub(in crate::serve) fn requests(&self) -> String {
        match self.waiting {
            0 => self.w.nav_inbox.to_owned(),
            waiting => fill(self.w.nav_inbox_waiting, &[("n", &waiting.to_string())]),
        }
    }

    #[expect(clippy::unused_self, reason = "templates call what stands on the desk")]
    pub(in crate::serve) fn mark(&self) -> String {
        seal(Seal::Approved, "")
    }

    #[expect(clippy::unused_self, reason = "templates call what stands on the desk")]
    pub(in crate::serve) fn elsewhere(&self) -> String {
        seal(Seal::Elsewhere, "")
    }

    #[expect(clippy::unused_self, reason = "templates call what stands on the desk")]
    pub(in crate::serve) fn warning(&self) -> &'static str {
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3.5 22 20.5H2ZM12 10v5M12 16.8v1.7"/></svg>"#
    }

    #[expect(clippy::unused_self, reason = "templates call what stands on the desk")]
    pub(in crate::serve) fn check(&self) -> &'static str {
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m4 12.5 5.5 5.5L20.5 6.5"/></svg>"#
    }

    #[expect(clippy::unused_self, reason = "templates call what stands on the desk")]
    pub(in crate::serve) fn note(&self) -> &'static str {
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9.5"/><path d="M12 11v6.5M12 6.7v1.8"/></svg>"#
    }

    #[expect(clippy::unused_self, reason = "templates call what stands on the desk")]
    pub(in crate::serve) fn stop(&self) -> &'static str {
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12.4 4v16M12.4 11H18M7.5 9v11M4 20h16"/></svg>"#
    }

    #[expect(clippy::unused_self, reason = "templates call what stands on the desk")]
    pub(in crate::serve) fn chevron(&self) -> &'static str {
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m9 5 7 7-7 7"/></svg>"#
    }
}

/// One circle, six states: the rim is time, the seal is the answer.
#[derive(Clone, Copy)]
pub(in crate::serve) enum Seal {
    Waiting(Left),
    Approved,
    Declined,
    Stopped,
    Expired,
    Elsewhere,
}

const IN: &str = "M30 16 18 20V47M18 30H29.5M18 41H29.5M35.5 51V19H46.5V41.5H40.5";
const STOP: &str = "M33.5 16V46M33.5 30H45.5M22 26.5V46M15 46H49";

pub(in crate::serve) fn seal(seal: Seal, class: &str) -> String {
    let inside = match seal {
        Seal::Waiting(left) => format!(
            r#"<circle class="track" cx="32" cy="32" r="29"/><circle class="rim" cx="32" cy="32" r="29" pathLength="100" stroke-dasharray="{} 100" transform="rotate(-90 32 32)" data-remaining="{}" data-whole="{}"/><path class="ghost" d="{IN}"/>"#,
            left.share(),
            left.remaining,
            left.whole
        ),
        Seal::Approved => {
            format!(r#"<circle class="disc" cx="32" cy="32" r="31"/><path class="cut" d="{IN}"/>"#)
        }
        Seal::Declined => {
            r#"<circle class="dull" cx="32" cy="32" r="29"/><path class="inked" d="M12 28H52M12 36H52"/>"#
                .to_owned()
        }
        Seal::Stopped => {
            format!(r#"<circle class="stop" cx="32" cy="32" r="31"/><path class="cut" d="{STOP}"/>"#)
        }
        Seal::Expired => {
            r#"<circle class="dull thin" cx="32" cy="32" r="29" pathLength="120" stroke-dasharray="3 3"/>"#
                .to_owned()
        }
        Seal::Elsewhere => {
            format!(r#"<circle class="dull" cx="32" cy="32" r="29"/><path class="dull" d="{IN}"/>"#)
        }
    };
    let gap = if class.is_empty() { "" } else { " " };
    format!(r#"<svg class="seal{gap}{class}" viewBox="0 0 64 64" aria-hidden="true">{inside}</svg>"#)
}

/// Time left, in seconds.
#[derive(Clone, Copy)]
pub(in crate::serve) struct Left {
    pub(in crate::serve) remaining: u64,
    pub(in crate::serve) whole: u64,
}

impl Left {
    pub(in crate::serve) fn of(request: &RequestView) -> Self {
        let whole = request.expires_at.saturating_sub(request.issued_at);
        Self { remaining: request.remaining.min(whole), whole }
    }

    pub(in crate::serve) fn text(&self) -> String {
        minutes(self.remaining)
    }

    fn share(self) -> u64 {
        (self.remaining * 100).checked_div(self.whole).unwrap_or(0)
    }
}
