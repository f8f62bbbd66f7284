//! What a new device may not approve while it waits for an older one's yes.

use inkan_protocol::details::Operation;

/// Whether a device that waits is kept from approving this. Orders only where the operator says so.
pub fn is_restricted(operation: Operation, restrict_orders: bool) -> bool {
    match operation {
        Operation::Withdrawal
        | Operation::PayoutAccountChange
        | Operation::ContactChange
        | Operation::SettingsChange
        | Operation::DeviceAdd => true,
        Operation::Order => restrict_orders,
        Operation::Login | Operation::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_is_never_kept_back_and_orders_are_the_operators_choice() {
        let kept_back = |restrict_orders| {
            let all = Operation::ALL.into_iter();
            all.filter(|operation| !is_restricted(*operation, restrict_orders)).collect::<Vec<_>>()
        };
        assert_eq!(kept_back(false), [Operation::Login, Operation::Order, Operation::Other]);
        assert_eq!(kept_back(true), [Operation::Login, Operation::Other]);
    }
}
