//! Enrollments, challenges and users: documents with the columns that they are found by.

use inkan_protocol::device_api::ChallengeState;
use inkan_protocol::ids::{ChallengeId, Digest, EnrollmentId, NumericDate, Subject, Ticket};
use rusqlite::types::ToSql;

use super::access::{Access, limit, signed, text};
use crate::model::challenge::{Challenge, StartMode, State};
use crate::model::enrollment::Enrollment;
use crate::model::user::{User, UserKey};
use crate::storage::{ChallengeFilter, ChallengeStore, EnrollmentStore, StorageError, UserStore};

type Result<T> = std::result::Result<T, StorageError>;

impl EnrollmentStore for Access<'_> {
    fn enrollment(&mut self, id: EnrollmentId) -> Result<Option<Enrollment>> {
        self.document("SELECT body FROM enrollments WHERE id = ?1", &[&id.0.as_bytes()])
    }

    fn enrollment_by_ticket(&mut self, ticket: Ticket) -> Result<Option<Enrollment>> {
        self.document("SELECT body FROM enrollments WHERE ticket = ?1", &[&ticket.0])
    }

    fn enrollment_by_typed_code(&mut self, code: Digest) -> Result<Option<Enrollment>> {
        self.document("SELECT body FROM enrollments WHERE typed_code = ?1", &[&code.0])
    }

    fn put_enrollment(&mut self, enrollment: &Enrollment) -> Result<()> {
        let due = if enrollment.is_open() { Some(signed(enrollment.expires_at)?) } else { None };
        self.run(
            "INSERT INTO enrollments (id, owner, ticket, typed_code, due, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (id) DO UPDATE SET due = excluded.due, body = excluded.body",
            &[
                &enrollment.id.0.as_bytes(),
                &enrollment.owner.to_string(),
                &enrollment.ticket.0,
                &enrollment.typed_code.0,
                &due,
                &text(enrollment)?,
            ],
        )?;
        Ok(())
    }

    fn overdue_enrollments(&mut self, now: NumericDate, most: usize) -> Result<Vec<Enrollment>> {
        self.documents(
            "SELECT body FROM enrollments WHERE due IS NOT NULL AND due <= ?1 ORDER BY due LIMIT ?2",
            &[&signed(now)?, &limit(most)],
        )
    }

    fn enrollments_of(&mut self, owner: &UserKey) -> Result<Vec<Enrollment>> {
        self.documents("SELECT body FROM enrollments WHERE owner = ?1 ORDER BY id", &[&owner.to_string()])
    }

    fn erase_enrollments(&mut self, owner: &UserKey) -> Result<()> {
        self.run("DELETE FROM enrollments WHERE owner = ?1", &[&owner.to_string()])?;
        Ok(())
    }
}

impl ChallengeStore for Access<'_> {
    fn challenge(&mut self, id: ChallengeId) -> Result<Option<Challenge>> {
        self.document("SELECT body FROM challenges WHERE id = ?1", &[&id.0.as_bytes()])
    }

    fn challenge_by_watch(&mut self, token: Digest) -> Result<Option<Challenge>> {
        self.document("SELECT body FROM challenges WHERE watch = ?1", &[&token.0])
    }

    fn challenge_by_scan(&mut self, token: Digest) -> Result<Option<Challenge>> {
        self.document("SELECT body FROM challenges WHERE scan = ?1", &[&token.0])
    }

    fn put_challenge(&mut self, challenge: &Challenge) -> Result<()> {
        let due = if challenge.state == State::Pending { Some(signed(challenge.expires_at)?) } else { None };
        let scan = match &challenge.start {
            StartMode::Scan { page, .. } => Some(page.0),
            StartMode::Number { .. } | StartMode::Link { .. } | StartMode::None => None,
        };
        // The stored state, not the one at a time: a pending challenge stays `pending` here until it is swept.
        let state = challenge.state_at(0).as_str();
        self.run(
            "INSERT INTO challenges (id, owner, live, state, watch, scan, due, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, due = excluded.due, body = excluded.body",
            &[
                &challenge.id.0.as_bytes(),
                &challenge.owner.to_string(),
                &challenge.owner.live,
                &state,
                &challenge.watch.0,
                &scan,
                &due,
                &text(challenge)?,
            ],
        )?;
        Ok(())
    }

    fn pending_of(&mut self, owner: &UserKey) -> Result<Vec<Challenge>> {
        self.documents(
            "SELECT body FROM challenges WHERE owner = ?1 AND due IS NOT NULL ORDER BY id",
            &[&owner.to_string()],
        )
    }

    fn challenges(&mut self, filter: &ChallengeFilter) -> Result<Vec<Challenge>> {
        let owner = filter.owner.as_ref().map(ToString::to_string);
        let now = signed(filter.now)?;
        let after = filter.after.map(|id| *id.0.as_bytes());
        let most = limit(filter.limit);
        let state = filter.state.map(ChallengeState::as_str);
        let values: &[&dyn ToSql] = &[&filter.live, &owner, &state, &now, &after, &most];
        // Two statements, so that one customer's are found by their index.
        let of_owner = if owner.is_some() { "owner = ?2" } else { "?2 IS NULL" };
        self.documents(
            &format!(
                "SELECT body FROM challenges
                 WHERE {of_owner} AND live = ?1
                   AND (?3 IS NULL
                        OR CASE WHEN due IS NOT NULL AND due <= ?4 THEN 'expired' ELSE state END = ?3)
                   AND (?5 IS NULL OR id < ?5)
                 ORDER BY id DESC LIMIT ?6"
            ),
            values,
        )
    }

    fn overdue_challenges(&mut self, now: NumericDate, most: usize) -> Result<Vec<Challenge>> {
        self.documents(
            "SELECT body FROM challenges WHERE due IS NOT NULL AND due <= ?1 ORDER BY due LIMIT ?2",
            &[&signed(now)?, &limit(most)],
        )
    }

    fn erase_challenges(&mut self, owner: &UserKey) -> Result<()> {
        self.run("DELETE FROM challenges WHERE owner = ?1", &[&owner.to_string()])?;
        Ok(())
    }
}

impl UserStore for Access<'_> {
    fn user(&mut self, key: &UserKey) -> Result<Option<User>> {
        self.document("SELECT body FROM users WHERE owner = ?1", &[&key.to_string()])
    }

    fn user_by_sub(&mut self, sub: Subject) -> Result<Option<User>> {
        self.document("SELECT body FROM users WHERE sub = ?1", &[&sub.0.as_bytes()])
    }

    fn put_user(&mut self, user: &User) -> Result<()> {
        self.run(
            "INSERT INTO users (owner, sub, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (owner) DO UPDATE SET body = excluded.body",
            &[&user.key.to_string(), &user.sub.0.as_bytes(), &text(user)?],
        )?;
        Ok(())
    }

    fn erase_user(&mut self, key: &UserKey) -> Result<()> {
        self.run("DELETE FROM users WHERE owner = ?1", &[&key.to_string()])?;
        Ok(())
    }
}
