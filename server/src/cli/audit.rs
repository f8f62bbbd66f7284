//! `inkan audit`: the hash-chained log. All of it works beside a running server.

use clap::{Args, Subcommand};
use inkan_protocol::ids::Digest;
use inkan_protocol::log::{BEFORE_FIRST, LogRow, PublishedHead};
use inkan_server::audit::{self, AuditError};
use inkan_server::clock::{Clock as _, SystemClock};
use inkan_server::keys::{KeyFolder, ServerKeys};
use inkan_server::start;
use inkan_server::storage::{AuditRow, Storage};

use super::{ConfigArgs, Failure, at, runtime};

#[derive(Subcommand)]
pub(super) enum Audit {
    /// Checks every row's hash; exit code 1 if one does not hold
    Verify(Verify),
    /// Prints rows as JSON lines, or as one published head for `inkan evidence verify --head`
    Export(Export),
    /// Prints the newest row's number and hash, signed, for publishing
    Head(ConfigArgs),
}

/// What the log is checked against.
#[derive(Args)]
pub(super) struct Verify {
    #[command(flatten)]
    config: ConfigArgs,
    /// A head that you kept, ROW:HASH; may be repeated
    #[arg(long, value_name = "ROW:HASH", value_parser = parse_head)]
    head: Vec<(u64, Digest)>,
}

/// Which rows, and how.
#[derive(Args)]
pub(super) struct Export {
    #[command(flatten)]
    config: ConfigArgs,
    /// First row
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Last row; the newest if left out
    #[arg(long)]
    to: Option<u64>,
    /// Writes one JSON document with the last row as its head, published at this time (seconds since 1970)
    #[arg(long, value_name = "SECONDS")]
    published_at: Option<u64>,
}

fn parse_head(text: &str) -> Result<(u64, Digest), String> {
    text.split_once(':')
        .and_then(|(row, hash)| Some((row.parse().ok()?, hash.parse().ok()?)))
        .ok_or_else(|| "write it as ROW:HASH, as `inkan audit head` prints them".to_owned())
}

impl Audit {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let config = match self {
            Self::Verify(Verify { config, .. })
            | Self::Export(Export { config, .. })
            | Self::Head(config) => config.load()?,
        };
        runtime()?.block_on(async {
            let storage = start::open_store(&config)?;
            let done = match self {
                Self::Verify(verify) => verify.run(&storage).await,
                Self::Export(export) => export.run(&storage).await,
                Self::Head(_) => {
                    let keys = ServerKeys::open(KeyFolder::live(&config.data_dir), &config.server_name);
                    match keys {
                        Ok(keys) => print_head(&storage, &keys).await,
                        Err(error) => Err(Failure::input(error)),
                    }
                }
            };
            storage.close().await;
            done
        })
    }
}

impl Verify {
    async fn run(&self, storage: &Storage) -> Result<(), Failure> {
        let mut missing = self.head.clone();
        let last = audit::verify(storage, |row| missing.retain(|head| *head != (row.row, row.hash)))
            .await
            .map_err(broken)?;
        if let Some((row, hash)) = missing.first() {
            return Err(Failure::Failed(format!(
                "the log does not hold: row {row} with hash {hash} is not in it; rows were changed or cut off since it was the head"
            )));
        }
        match last {
            None => println!("The log is empty."),
            Some(last) => println!(
                "The log holds: {} rows, the newest of {}, hash {}.",
                last.row,
                at(last.time),
                last.hash
            ),
        }
        if self.head.is_empty() {
            println!(
                "Compare with a head that you published: --head ROW:HASH. The log alone cannot show what was cut off at its end."
            );
        }
        Ok(())
    }
}

impl Export {
    async fn run(&self, storage: &Storage) -> Result<(), Failure> {
        let wanted = |row: u64| row >= self.from && self.to.is_none_or(|to| row <= to);
        let mut before = BEFORE_FIRST;
        let mut rows: Vec<AuditRow> = Vec::new();
        audit::verify(storage, |row| {
            if wanted(row.row) {
                match self.published_at {
                    Some(_) => rows.push(row.clone()),
                    None => print_row(row),
                }
            } else if row.row < self.from {
                before = row.hash;
            }
        })
        .await
        .map_err(broken)?;
        let Some(published_at) = self.published_at else { return Ok(()) };
        let last = rows.last().cloned().ok_or_else(|| {
            Failure::Input("there are no such rows; `inkan audit head` prints the newest".to_owned())
        })?;
        let rows = rows.into_iter().map(plain).collect();
        let head = PublishedHead { published_at, row: last.row, hash: last.hash, before, rows };
        println!("{}", serde_json::to_string(&head).map_err(Failure::failed)?);
        Ok(())
    }
}

async fn print_head(storage: &Storage, keys: &ServerKeys) -> Result<(), Failure> {
    let head = audit::head(storage)
        .await
        .map_err(broken)?
        .ok_or_else(|| Failure::Failed("the log is empty: there is no head yet".to_owned()))?;
    println!("{}", audit::sign_head(keys, SystemClock.now(), &head).map_err(broken)?);
    Ok(())
}

fn plain(row: AuditRow) -> LogRow {
    LogRow { row: row.row, time: row.time, kind: row.kind, body: row.body }
}

fn print_row(row: &AuditRow) {
    println!(
        "{}",
        serde_json::json!({
            "row": row.row, "time": row.time, "kind": row.kind, "body": row.body, "hash": row.hash
        })
    );
}

fn broken(error: AuditError) -> Failure {
    match error {
        AuditError::Broken { row, why } => {
            Failure::Failed(format!("the log does not hold: row {row}: {why}. Keep the data folder as it is"))
        }
        other => Failure::failed(other),
    }
}
