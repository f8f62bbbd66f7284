//! The hash of a row of the server's log. Rows hold hashes alone, so personal data can be erased and the chain stands.

use crate::encoding::hash_lines;
use crate::ids::{Digest, NumericDate};

/// The hash before the first row: 32 zero bytes.
pub const BEFORE_FIRST: Digest = Digest([0; 32]);

/// SHA-256[`inkan-log-v1`, row, time, kind, body hash, previous hash].
pub fn derive_row_hash(row: u64, time: NumericDate, kind: &str, body: Digest, previous: Digest) -> Digest {
    Digest(hash_lines(&[
        "inkan-log-v1",
        &row.to_string(),
        &time.to_string(),
        kind,
        &body.to_string(),
        &previous.to_string(),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_binds_all_that_it_says() {
        let first = derive_row_hash(1, 1000, "challenge.approved", Digest([1; 32]), BEFORE_FIRST);
        for other in [
            derive_row_hash(2, 1000, "challenge.approved", Digest([1; 32]), BEFORE_FIRST),
            derive_row_hash(1, 1001, "challenge.approved", Digest([1; 32]), BEFORE_FIRST),
            derive_row_hash(1, 1000, "challenge.denied", Digest([1; 32]), BEFORE_FIRST),
            derive_row_hash(1, 1000, "challenge.approved", Digest([2; 32]), BEFORE_FIRST),
            derive_row_hash(1, 1000, "challenge.approved", Digest([1; 32]), first),
        ] {
            assert_ne!(other, first);
        }
    }
}
