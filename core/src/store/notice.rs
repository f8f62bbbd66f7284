//! What an opening has found and nobody has gone on over yet.
//!
//! It is on the disk before the first trace of the damage goes away, and stays there until [`Store::acknowledge`]: of a
//! process that dies in between, the next opening says the same.
//!
//! ```text
//! inkan-report 1
//! emptied                 nothing could be saved
//! quarantined 3           the number of the quarantine folder
//! damaged_records 2
//! lost_commits 1
//! moving data 3           what is to be moved to quarantine-3 may not be there yet; or: moving copy 3
//! ```
//!
//! [`Store::acknowledge`]: super::Store::acknowledge

use std::fmt::Write as _;

use super::{StoreError, folder::StoreFolder};

const FIRST_LINE: &str = "inkan-report 1";

/// What goes to a quarantine folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// The data, which nothing could be saved of: the copy made before sled had it in its hands, if there is one.
    Data(u32),
    /// The copy. The data itself goes on being used.
    Copy(u32),
}

impl Move {
    fn number(self) -> u32 {
        match self {
            Self::Data(number) | Self::Copy(number) => number,
        }
    }
}

/// The findings of all openings since somebody last went on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) emptied: bool,
    /// The first quarantine folder: nobody has gone on since, so it holds the most.
    pub(super) quarantined: Option<u32>,
    pub(super) damaged_records: usize,
    pub(super) lost_commits: u64,
    moving: Option<Move>,
}

impl Notice {
    /// What the openings before this one have left to say. A move that was cut short is finished first.
    pub(super) fn take_up(folder: &StoreFolder) -> Result<Self, StoreError> {
        let Some(bytes) = folder.read_report()? else { return Ok(Self::default()) };
        // a notice that cannot be read was about something
        let mut notice = parse(&bytes).unwrap_or_else(|| Self { damaged_records: 1, ..Self::default() });
        notice.finish_move(folder)?;
        Ok(notice)
    }

    pub(super) fn is_sound(&self) -> bool {
        *self == Self::default()
    }

    /// Notes what an opening has found among the data. It returns when that is on the disk. Of two openings the larger
    /// number counts: the second one may have found again what the first one had no time to put away.
    pub(super) fn add(
        &mut self,
        folder: &StoreFolder,
        damaged_records: usize,
        lost_commits: u64,
    ) -> Result<(), StoreError> {
        if damaged_records == 0 && lost_commits == 0 {
            return Ok(());
        }
        self.damaged_records = self.damaged_records.max(damaged_records);
        self.lost_commits = self.lost_commits.max(lost_commits);
        if lost_commits > 0 && folder.has_copy() {
            return self.carry_out(folder, Move::Copy(folder.free_quarantine()));
        }
        folder.write_report(&self.print())
    }

    /// Puts the data aside, of which nothing could be saved.
    pub(super) fn empty(&mut self, folder: &StoreFolder) -> Result<(), StoreError> {
        self.emptied = true;
        self.lost_commits = self.lost_commits.max(folder.read_head()?);
        if folder.has_data() {
            return self.carry_out(folder, Move::Data(folder.free_quarantine()));
        }
        folder.write_report(&self.print())
    }

    fn carry_out(&mut self, folder: &StoreFolder, moving: Move) -> Result<(), StoreError> {
        folder.sync_copy()?;
        self.moving = Some(moving);
        folder.write_report(&self.print())?;
        self.finish_move(folder)
    }

    fn finish_move(&mut self, folder: &StoreFolder) -> Result<(), StoreError> {
        let Some(moving) = self.moving else { return Ok(()) };
        match moving {
            Move::Data(number) => folder.quarantine_data(number)?,
            Move::Copy(number) => folder.quarantine_copy(number)?,
        }
        self.quarantined.get_or_insert(moving.number());
        self.moving = None;
        folder.write_report(&self.print())
    }

    fn print(&self) -> Vec<u8> {
        let mut text = format!("{FIRST_LINE}\n");
        if self.emptied {
            text.push_str("emptied\n");
        }
        // writing to a text does not fail
        if let Some(number) = self.quarantined {
            let _ = writeln!(text, "quarantined {number}");
        }
        if self.damaged_records > 0 {
            let _ = writeln!(text, "damaged_records {}", self.damaged_records);
        }
        if self.lost_commits > 0 {
            let _ = writeln!(text, "lost_commits {}", self.lost_commits);
        }
        let _ = match self.moving {
            Some(Move::Data(number)) => writeln!(text, "moving data {number}"),
            Some(Move::Copy(number)) => writeln!(text, "moving copy {number}"),
            None => Ok(()),
        };
        text.into_bytes()
    }
}

fn parse(bytes: &[u8]) -> Option<Notice> {
    let mut lines = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?.split('\n');
    if lines.next() != Some(FIRST_LINE) {
        return None;
    }
    let mut notice = Notice::default();
    for line in lines {
        let (word, value) = line.rsplit_once(' ').unwrap_or((line, ""));
        match word {
            "emptied" if value.is_empty() => notice.emptied = true,
            "quarantined" => notice.quarantined = Some(value.parse().ok()?),
            "damaged_records" => notice.damaged_records = value.parse().ok()?,
            "lost_commits" => notice.lost_commits = value.parse().ok()?,
            "moving data" => notice.moving = Some(Move::Data(value.parse().ok()?)),
            "moving copy" => notice.moving = Some(Move::Copy(value.parse().ok()?)),
            _ => return None,
        }
    }
    // a notice about nothing is never written
    (!notice.is_sound()).then_some(notice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_again() {
        for moving in [None, Some(Move::Data(7)), Some(Move::Copy(u32::MAX))] {
            for quarantined in [None, Some(3)] {
                let notice =
                    Notice { emptied: true, quarantined, damaged_records: 2, lost_commits: u64::MAX, moving };
                assert_eq!(parse(&notice.print()), Some(notice));
            }
        }
        let one = Notice { lost_commits: 1, ..Notice::default() };
        assert_eq!(parse(&one.print()), Some(one));
    }

    #[test]
    fn nothing_else_is_read() {
        let good = "inkan-report 1\nemptied\nquarantined 3\n";
        assert!(parse(good.as_bytes()).is_some());
        for bad in [
            "",
            "inkan-report 1\n",
            "inkan-report 2\nemptied\n",
            "inkan-report 1\nemptied",
            "inkan-report 1\nemptied 1\n",
            "inkan-report 1\nquarantined ../x\n",
            "inkan-report 1\nlost_commits\n",
            "inkan-report 1\nemptied\nsomething 3\n",
        ] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad:?}");
        }
        assert_eq!(parse(&[0xff, b'\n']), None);
    }
}
