//! Rust text as far as the walls need it: its words without comments and literals, and the paths it names.

use std::{iter, str::Chars};

/// One word or number, `::`, or any other single character.
#[derive(Debug)]
pub(crate) struct Token {
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) text: String,
}

impl Token {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text == text
    }

    fn is_word(&self) -> bool {
        self.text.starts_with(is_word_character)
    }
}

/// A path the text names, `use` trees unfolded: `use std::{fs, io::Write as _}` names `std::fs` and `std::io::Write`.
#[derive(Debug)]
pub(crate) struct Path {
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) segments: Vec<String>,
    /// Imported, so that even a single segment names a crate.
    is_import: bool,
}

impl Path {
    /// Does the path start in this crate? (`use tokio;` and `tokio::spawn` do, a variable named `tokio` does not.)
    pub(crate) fn starts_in(&self, name: &str) -> bool {
        self.segments.first().is_some_and(|first| first == name)
            && (self.is_import || self.segments.len() > 1)
    }

    /// Does the path go through these segments, one after the other?
    pub(crate) fn goes_through(&self, segments: &[&str]) -> bool {
        self.segments.windows(segments.len()).any(|part| part == segments)
    }
}

/// The tokens of a text. Comments, lifetimes and what stands in quotes are left out.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut reader = Reader { rest: text.chars(), line: 1 };
    iter::from_fn(|| reader.token()).collect()
}

/// The paths among tokens, in their order.
pub(crate) fn paths(tokens: &[Token]) -> Vec<Path> {
    let mut paths = Vec::new();
    let mut rest = tokens;
    while let [token, after @ ..] = rest {
        rest = match after {
            _ if token.is("use") => use_tree(after, &[], &mut paths),
            [word, name, after @ ..] if token.is("extern") && word.is("crate") => {
                paths.push(Path { line: name.line, segments: vec![name.text.clone()], is_import: true });
                after
            }
            _ if token.is_word() => plain_path(token, after, &mut paths),
            _ => after,
        };
    }
    paths
}

/// Reads one branch of a `use` tree below `prefix`, and gives what comes after it.
fn use_tree<'a>(tokens: &'a [Token], prefix: &[String], paths: &mut Vec<Path>) -> &'a [Token] {
    let mut segments = prefix.to_vec();
    let mut line = 0;
    let mut rest = tokens;
    while let [token, after @ ..] = rest {
        if token.is("{") {
            return use_group(after, &segments, paths);
        } else if token.is("as") {
            rest = after.get(1..).unwrap_or_default();
        } else if token.is("::") {
            rest = after;
        } else if token.is_word() || token.is("*") {
            segments.push(token.text.clone());
            line = token.line;
            rest = after;
        } else {
            break;
        }
    }
    if segments.len() > prefix.len() {
        paths.push(Path { line, segments, is_import: true });
    }
    rest
}

/// Reads what stands between braces of a `use` tree, the opening one being behind us.
fn use_group<'a>(tokens: &'a [Token], prefix: &[String], paths: &mut Vec<Path>) -> &'a [Token] {
    let mut rest = tokens;
    while let [token, after @ ..] = rest {
        if token.is("}") {
            return after;
        }
        let behind = use_tree(rest, prefix, paths);
        // a comma, or something that is no `use` tree: step over it
        rest = if behind.len() == rest.len() { after } else { behind };
    }
    rest
}

fn plain_path<'a>(first: &Token, tokens: &'a [Token], paths: &mut Vec<Path>) -> &'a [Token] {
    let mut segments = vec![first.text.clone()];
    let mut rest = tokens;
    while let [colons, word, after @ ..] = rest
        && colons.is("::")
        && word.is_word()
    {
        segments.push(word.text.clone());
        rest = after;
    }
    paths.push(Path { line: first.line, segments, is_import: false });
    rest
}

fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

struct Reader<'a> {
    rest: Chars<'a>,
    line: usize,
}

impl Reader<'_> {
    fn token(&mut self) -> Option<Token> {
        loop {
            let line = self.line;
            let text = match (self.next()?, self.peek()) {
                ('/', Some('/')) => self.skip_line(),
                ('/', Some('*')) => self.skip_comment(),
                ('"', _) => self.skip_string(),
                ('\'', _) => self.skip_character_or_lifetime(),
                (':', Some(':')) => {
                    self.next();
                    Some("::".to_owned())
                }
                (first, _) if is_word_character(first) => self.word(first),
                (space, _) if space.is_whitespace() => None,
                (other, _) => Some(other.to_string()),
            };
            if let Some(text) = text {
                return Some(Token { line, text });
            }
        }
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest.next();
        self.line += usize::from(next == Some('\n'));
        next
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn skip_line(&mut self) -> Option<String> {
        while self.next().is_some_and(|character| character != '\n') {}
        None
    }

    /// Comments nest.
    fn skip_comment(&mut self) -> Option<String> {
        self.next();
        let mut depth = 1;
        while depth > 0 {
            match (self.next()?, self.peek()) {
                ('*', Some('/')) => depth -= 1,
                ('/', Some('*')) => depth += 1,
                _ => continue,
            }
            self.next();
        }
        None
    }

    fn skip_string(&mut self) -> Option<String> {
        loop {
            match self.next()? {
                '\\' => self.next(),
                '"' => return None,
                _ => continue,
            };
        }
    }

    /// `r"…"`, `r##"…"##`; what stands in it is taken as it is.
    fn skip_raw_string(&mut self, hashes: usize) -> Option<String> {
        loop {
            if self.next()? == '"' && self.count_hashes() >= hashes {
                for _ in 0..hashes {
                    self.next();
                }
                return None;
            }
        }
    }

    fn count_hashes(&self) -> usize {
        self.rest.clone().take_while(|character| *character == '#').count()
    }

    fn skip_character_or_lifetime(&mut self) -> Option<String> {
        let mut ahead = self.rest.clone();
        match (ahead.next(), ahead.next()) {
            (Some('\\'), _) => {
                self.next();
                self.next();
                while self.next()? != '\'' {}
            }
            (_, Some('\'')) => {
                self.next();
                self.next();
            }
            _ => {
                while self.peek().is_some_and(is_word_character) {
                    self.next();
                }
            }
        }
        None
    }

    /// A word; but `r"…"` is a string, and `r#type` is the word `type`.
    fn word(&mut self, first: char) -> Option<String> {
        let mut word = first.to_string();
        while let Some(character) = self.peek().filter(|character| is_word_character(*character)) {
            word.push(character);
            self.next();
        }
        if ["r", "br", "cr"].contains(&word.as_str()) {
            let hashes = self.count_hashes();
            if self.rest.clone().nth(hashes) == Some('"') {
                for _ in 0..=hashes {
                    self.next();
                }
                return self.skip_raw_string(hashes);
            } else if hashes == 1 {
                self.next();
                return None;
            }
        }
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::{paths, tokens};

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    fn named(text: &str) -> Vec<String> {
        paths(&tokens(text)).into_iter().map(|path| path.segments.join("::")).collect()
    }

    #[test]
    fn comments_and_what_stands_in_quotes_are_no_words() {
        assert_eq!(words("a // tokio\nb /* tokio /* tokio */ tokio */ c"), ["a", "b", "c"]);
        assert_eq!(words(r#"a "tokio \" tokio" b"#), ["a", "b"]);
        assert_eq!(words("a r\"\\\" b r##\"tokio \"# tokio\"## c"), ["a", "b", "c"]);
        assert_eq!(words(r"a '\'' b '\u{1F}' c '/' d 'x' e"), ["a", "b", "c", "d", "e"]);
        assert_eq!(words("f<'tokio> r#type"), ["f", "<", ">", "type"]);
    }

    #[test]
    fn lines_are_counted_through_comments_and_strings() {
        let tokens = tokens("/*\n*/ \"\n\n\" a // b\nc");
        assert_eq!(tokens.iter().map(|token| token.line).collect::<Vec<_>>(), [4, 5]);
    }

    #[test]
    fn use_trees_are_unfolded() {
        assert_eq!(
            named("pub use self::{memory::Store, sled::{Disk, Findings as F,}, *}; use tokio;"),
            ["pub", "self::memory::Store", "self::sled::Disk", "self::sled::Findings", "self::*", "tokio"]
        );
        assert_eq!(named("use ::std::{fs, io::Write as _};"), ["std::fs", "std::io::Write"]);
        assert_eq!(named("extern crate sled as x;")[0], "sled");
    }

    #[test]
    fn a_crate_is_named_by_an_import_or_by_a_path() {
        let starts_in_sled = |text| paths(&tokens(text)).iter().any(|path| path.starts_in("sled"));
        for text in [
            "use sled;",
            "use {sled::Db, x};",
            "fn f(db: &sled::Db) {}",
            "extern crate sled;",
            "::sled::open(p)",
        ] {
            assert!(starts_in_sled(text), "{text}");
        }
        for text in [
            "mod sled;",
            "use self::sled::Db;",
            "use super::{a, sled::Db};",
            "let sled = 1;",
            "crate::sled::Db",
        ] {
            assert!(!starts_in_sled(text), "{text}");
        }
    }

    #[test]
    fn text_that_ends_too_early_ends_the_reading() {
        for text in ["/* a", "\"a", "r#\"a\"", "'\\", "use a::{b", "use", "a::"] {
            let _ = named(text);
        }
    }
}
