//! Which tier a challenge can reach, and the operator's floor for each operation.

use std::collections::BTreeMap;

use inkan_protocol::challenge::Tier;
use inkan_protocol::details::Operation;

/// How the relying party wants page and phone tied together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// The page shows a number that is typed on the phone.
    Number,
    /// The phone scans a changing code from the page.
    Scan,
    /// The page on the same phone opens the app.
    Link,
}

/// The strongest tier that a challenge created like this can reach.
pub fn reachable(start: Start, has_return_url: bool) -> Tier {
    match start {
        Start::Number => Tier::Number,
        Start::Scan => Tier::Scan,
        Start::Link if has_return_url => Tier::Returned,
        Start::Link => Tier::Link,
    }
}

/// The tier that a redeem needs: what the relying party demands and the operator's floor, whichever is higher.
pub fn demanded(operation: Operation, minimum: Option<Tier>, floors: &BTreeMap<Operation, Tier>) -> Tier {
    let floor = floors.get(&operation).copied().unwrap_or(Tier::Number);
    minimum.map_or(floor, |minimum| minimum.max(floor))
}

/// The weakest of the tiers that OpenID's `acr_values` names: any of them is welcome, and nothing below. Values that are
/// not ours are passed over.
pub fn weakest_named(acr_values: &str) -> Option<Tier> {
    acr_values.split_whitespace().filter_map(|value| serde_json::from_value::<Tier>(value.into()).ok()).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_values_the_weakest_of_ours_counts() {
        assert_eq!(weakest_named("loa2 link number"), Some(Tier::Number));
        assert_eq!(weakest_named("returned"), Some(Tier::Returned));
        assert_eq!(weakest_named("loa2 Link  "), None);
        assert_eq!(weakest_named(""), None);
    }

    #[test]
    fn the_higher_of_demand_and_floor_counts() {
        let floors = BTreeMap::from([(Operation::Withdrawal, Tier::Returned)]);
        assert_eq!(demanded(Operation::Login, None, &floors), Tier::Number);
        assert_eq!(demanded(Operation::Login, Some(Tier::Link), &floors), Tier::Link);
        assert_eq!(demanded(Operation::Withdrawal, Some(Tier::Number), &floors), Tier::Returned);
        assert_eq!(demanded(Operation::Login, Some(Tier::None), &floors), Tier::Number);
    }

    #[test]
    fn only_a_link_that_returns_reaches_returned() {
        assert_eq!(reachable(Start::Link, true), Tier::Returned);
        assert_eq!(reachable(Start::Link, false), Tier::Link);
        assert_eq!(reachable(Start::Scan, true), Tier::Scan);
        assert_eq!(reachable(Start::Number, true), Tier::Number);
    }
}
