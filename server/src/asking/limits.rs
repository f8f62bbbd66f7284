//! How often a customer may be prompted in mode `number`, or with nothing to type at all. `scan` and `link` have no pauses: nobody can approve them
//! without the page, and a stranger's prompts must not stop the owner. How many of them wait at once has an end all the
//! same, far above what people do.

use axum::http::StatusCode;
use inkan_protocol::ids::NumericDate;

use super::Question;
use crate::model::challenge::Challenge;
use crate::model::user::User;
use crate::routes::refusal::Refusal;

/// Most challenges that may wait for one customer when another number is asked for, that one included.
const MOST_PENDING: usize = 2;
/// Most that may wait in all when another is to be scanned or opened.
const MOST_WAITING: usize = 16;

/// Refuses a prompt that comes too early. `others` is what stays pending beside it.
pub(super) fn check(
    user: &User,
    others: &[Challenge],
    question: &Question,
    now: NumericDate,
) -> Result<(), Refusal> {
    if !question.tie.is_blind() {
        return until_room(others, MOST_WAITING, now).map_or(Ok(()), |seconds| Err(too_many(seconds)));
    }
    let muted = user.is_muted(now).map(|until| until.saturating_sub(now));
    let network = question.network.as_ref().and_then(|network| user.wrong_numbers.wait(network, now));
    let pause = user.prompts.wait(now);
    let room = until_room(others, MOST_PENDING, now);
    match [muted, network, pause, room].into_iter().flatten().max() {
        None => Ok(()),
        Some(seconds) => Err(too_many(seconds)),
    }
}

fn too_many(seconds: u64) -> Refusal {
    let why = "the customer was prompted too often; wait as Retry-After says, or use `scan` or `link`";
    Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too_many_prompts", why).after(seconds)
}

/// Seconds until there is room for one more.
fn until_room(others: &[Challenge], most: usize, now: NumericDate) -> Option<u64> {
    let surplus = others.len().checked_sub(most)?;
    let mut ends: Vec<NumericDate> = others.iter().map(|other| other.expires_at).collect();
    ends.sort_unstable();
    ends.get(surplus).map(|end| end.saturating_sub(now))
}
