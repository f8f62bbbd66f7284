//! The server's log: a chain of hashes. Rows hold hashes alone, so personal data can be erased and the chain stands.
//!
//! A receipt quotes the row of its decision. Three kinds of rows have a body that evidence relies on: a device that
//! became active (SHA-256 of `inkan-device+jwt`), a decision or late report (SHA-256 of `inkan-answer+jwt`), a redeem
//! (SHA-256 of `inkan-verdict+jwt`). What has its hash in a row under a published head existed when that was published.

use serde::{Deserialize, Serialize};

use crate::encoding::hash_lines;
use crate::ids::{Digest, NumericDate, ServerName};
use crate::jws::{JwsError, Message};

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

/// `inkan-log-head+jwt`: what the log's newest row was, and when. Signed by a signing key; made to be published, so its
/// audience is whoever reads it: `aud` is the server's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogHead {
    /// The server's name.
    pub iss: ServerName,
    /// The server's name.
    pub aud: ServerName,
    /// When it was signed.
    pub iat: NumericDate,
    /// The newest row, from 1.
    pub row: u64,
    /// Its hash.
    pub hash: Digest,
}

impl Message for LogHead {
    const TYP: &'static str = "inkan-log-head+jwt";

    fn check(&self) -> Result<(), JwsError> {
        if self.row == 0 {
            return Err(JwsError::Payload("row".into()));
        }
        if self.iss == self.aud { Ok(()) } else { Err(JwsError::Payload("aud".into())) }
    }
}

/// A row, as `inkan audit export` gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRow {
    /// From 1, without gaps.
    pub row: u64,
    /// When.
    pub time: NumericDate,
    /// For instance `challenge.approved`; no line feed.
    pub kind: String,
    /// SHA-256 of what happened.
    pub body: Digest,
}

/// A head that was published, and the rows that lead to it from where the verifier wants to look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedHead {
    /// When it was published, as the verifier knows from elsewhere.
    pub published_at: NumericDate,
    /// Number of the newest row then.
    pub row: u64,
    /// Its hash.
    pub hash: Digest,
    /// Hash of the row before the first of `rows` ([`BEFORE_FIRST`] if that is row 1).
    pub before: Digest,
    /// Consecutive rows, the last of them the head.
    pub rows: Vec<LogRow>,
}

impl PublishedHead {
    /// The rows with their hashes, if they are consecutive and lead to the head.
    pub fn chain(&self) -> Option<Vec<(&LogRow, Digest)>> {
        let mut previous = self.before;
        let mut chain: Vec<(&LogRow, Digest)> = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let consecutive =
                chain.last().is_none_or(|(earlier, _)| earlier.row.checked_add(1) == Some(row.row));
            if row.row == 0 || !consecutive || row.kind.contains('\n') {
                return None;
            }
            previous = derive_row_hash(row.row, row.time, &row.kind, row.body, previous);
            chain.push((row, previous));
        }
        let leads = chain.last().is_some_and(|(last, hash)| last.row == self.row && *hash == self.hash);
        leads.then_some(chain)
    }
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

    #[test]
    fn a_head_stands_on_consecutive_rows_alone() {
        let row = |row: u64, body: u8| LogRow { row, time: 1000, kind: "a".into(), body: Digest([body; 32]) };
        let one = derive_row_hash(1, 1000, "a", Digest([1; 32]), BEFORE_FIRST);
        let two = derive_row_hash(2, 1000, "a", Digest([2; 32]), one);
        let head = PublishedHead {
            published_at: 2000,
            row: 2,
            hash: two,
            before: BEFORE_FIRST,
            rows: vec![row(1, 1), row(2, 2)],
        };
        assert_eq!(head.chain().unwrap().last().unwrap().1, two);
        assert!(PublishedHead { before: one, rows: vec![row(2, 2)], ..head.clone() }.chain().is_some());
        for wrong in [
            PublishedHead { rows: vec![], ..head.clone() },
            PublishedHead { rows: vec![row(1, 1)], ..head.clone() },
            PublishedHead { rows: vec![row(1, 3), row(2, 2)], ..head.clone() },
            PublishedHead { rows: vec![row(1, 1), row(3, 2)], ..head.clone() },
            PublishedHead { before: one, ..head.clone() },
            PublishedHead { row: 3, ..head.clone() },
        ] {
            assert_eq!(wrong.chain(), None, "{wrong:?}");
        }
    }
}
