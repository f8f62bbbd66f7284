//! One transaction over a connection, and the few ways in which statements are run.

use inkan_protocol::json;
use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failed;
use crate::hub::Topic;
use crate::storage::{MetaStore, StorageError, Transaction};

type Result<T> = std::result::Result<T, StorageError>;

/// A transaction.
pub(super) struct Access<'a> {
    connection: &'a Connection,
    topics: Vec<Topic>,
}

impl<'a> Access<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self { connection, topics: Vec::new() }
    }

    pub(super) fn into_topics(self) -> Vec<Topic> {
        self.topics
    }

    /// Runs a statement; says how many rows it changed.
    pub(super) fn run(&self, statement: &str, values: &[&dyn ToSql]) -> Result<usize> {
        self.connection
            .prepare_cached(statement)
            .and_then(|mut prepared| prepared.execute(values))
            .map_err(failed)
    }

    /// At most one row.
    pub(super) fn one<T>(
        &self,
        statement: &str,
        values: &[&dyn ToSql],
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        self.connection
            .prepare_cached(statement)
            .and_then(|mut prepared| prepared.query_row(values, read).optional())
            .map_err(failed)
    }

    /// All rows.
    pub(super) fn all<T>(
        &self,
        statement: &str,
        values: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        self.connection
            .prepare_cached(statement)
            .and_then(|mut prepared| prepared.query_map(values, read)?.collect())
            .map_err(failed)
    }

    /// At most one document: the statement's first column.
    pub(super) fn document<T: DeserializeOwned>(
        &self,
        statement: &str,
        values: &[&dyn ToSql],
    ) -> Result<Option<T>> {
        let text: Option<String> = self.one(statement, values, |row| row.get(0))?;
        text.as_deref().map(parse).transpose()
    }

    /// All documents.
    pub(super) fn documents<T: DeserializeOwned>(
        &self,
        statement: &str,
        values: &[&dyn ToSql],
    ) -> Result<Vec<T>> {
        let texts: Vec<String> = self.all(statement, values, |row| row.get(0))?;
        texts.iter().map(|text| parse(text)).collect()
    }
}

/// A document's text.
pub(super) fn text<T: Serialize>(document: &T) -> Result<String> {
    serde_json::to_string(document).map_err(failed)
}

/// A document from its text.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(failed)
}

/// SQLite's integers are signed.
pub(super) fn signed(value: u64) -> Result<i64> {
    if value <= json::MAX_INTEGER {
        i64::try_from(value).map_err(failed)
    } else {
        Err(failed("an integer is too large"))
    }
}

/// A limit as SQLite takes it.
pub(super) fn limit(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

impl Transaction for Access<'_> {
    fn notify(&mut self, topic: Topic) {
        if !self.topics.contains(&topic) {
            self.topics.push(topic);
        }
    }
}

impl MetaStore for Access<'_> {
    fn meta(&mut self, name: &str) -> Result<Option<String>> {
        self.one("SELECT value FROM meta WHERE name = ?1", &[&name], |row| row.get(0))
    }

    fn put_meta(&mut self, name: &str, value: &str) -> Result<()> {
        self.run("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)", &[&name, &value])?;
        Ok(())
    }
}
