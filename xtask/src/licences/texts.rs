//! Licence files: which licence it is, its text apart from the lines that differ from work to work, and those lines.
//!
//! Texts that agree word for word are the same text, however their lines are broken. They are shown paragraph by
//! paragraph, each in one line: the screen breaks it.

/// A text that goes along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) title: String,
    /// Paragraphs, with an empty line between them.
    pub(super) body: String,
}

impl Text {
    /// Equal for equal texts.
    pub(super) fn words(&self) -> String {
        self.body.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).fold(
            String::with_capacity(self.body.len()),
            |mut words, word| {
                words.push_str(&word.to_lowercase());
                words.push(' ');
                words
            },
        )
    }
}

/// A licence that we know by its words.
struct Known {
    /// Its name among the SPDX's.
    id: &'static str,
    /// Only it has these.
    mark: &'static str,
    /// With these its text begins; what stands before differs from work to work.
    begin: &'static str,
    /// With these it ends, where something may follow that is none of it.
    end: Option<&'static str>,
}

const KNOWN: &[Known] = &[
    Known {
        id: "Apache-2.0",
        mark: "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION",
        begin: "TERMS AND CONDITIONS FOR USE",
        end: Some("END OF TERMS AND CONDITIONS"),
    },
    Known {
        id: "MIT",
        mark: "to deal in the Software without restriction",
        begin: "Permission is hereby granted",
        end: None,
    },
    Known {
        id: "ISC",
        mark: "Permission to use, copy, modify, and",
        begin: "Permission to use, copy, modify, and",
        end: None,
    },
    Known {
        id: "BSD-3-Clause",
        mark: "Redistribution and use in source and binary forms",
        begin: "Redistribution and use",
        end: None,
    },
    Known {
        id: "Unicode-3.0",
        mark: "UNICODE LICENSE V3",
        begin: "NOTICE TO USER",
        end: Some("prior written authorization of the copyright holder."),
    },
    Known {
        id: "Zlib",
        mark: "This software is provided 'as-is'",
        begin: "This software is provided",
        end: None,
    },
    Known {
        id: "Unlicense",
        mark: "free and unencumbered software released into the public domain",
        begin: "This is free and unencumbered",
        end: None,
    },
    Known {
        id: "CDLA-Permissive-2.0",
        mark: "Community Data License Agreement",
        begin: "Community Data License Agreement",
        end: None,
    },
];

/// What a licence file says.
pub(super) struct Read {
    /// The one licence in it, where it is one that we know.
    pub(super) id: Option<&'static str>,
    /// Its copyright lines, and remarks that stand with them.
    pub(super) holders: Vec<String>,
    pub(super) text: Text,
}

/// Reads a licence file; `name`: how it is called where it is no licence that we know.
pub(super) fn read(name: &str, file: &str) -> Read {
    let paragraphs = paragraphs(file);
    let whole = paragraphs.join(" ");
    let mut known = KNOWN.iter().filter(|known| whole.contains(known.mark));
    if let (Some(one), None) = (known.next(), known.next())
        && let Some(read) = one.read(&paragraphs, file)
        && read.holders.iter().all(|line| is_about_holders(line))
    {
        return read;
    }
    let lines: Vec<_> = file.lines().map(str::trim_end).collect();
    let body = lines.join("\n").trim_matches('\n').to_owned();
    Read { id: None, holders: Vec::new(), text: Text { title: name.to_owned(), body } }
}

/// The standard text, for works that carry none.
pub(super) fn standard(id: spdx::LicenseId) -> Text {
    let Read { text, .. } = read(id.full_name, id.text());
    Text { body: paragraphs(&text.body).join("\n\n"), ..text }
}

impl Known {
    fn read(&self, paragraphs: &[String], file: &str) -> Option<Read> {
        let first = paragraphs.iter().position(|paragraph| paragraph.contains(self.begin))?;
        let last = self.end.map_or(Some(paragraphs.len()), |end| {
            paragraphs.iter().position(|paragraph| paragraph.contains(end)).map(|at| at + 1)
        })?;
        let mut own: Vec<String> = paragraphs.get(first..last)?.to_vec();
        let beginning = own.first_mut()?;
        let (before, _) = beginning.split_once(self.begin)?;
        beginning.replace_range(..before.len(), "");
        let title = spdx::license_id(self.id)?.full_name.to_owned();
        let mut holders = self.lines_before(file);
        for paragraph in paragraphs.iter().skip(last).filter(|paragraph| self.is_kept_after(paragraph)) {
            holders.extend(paragraph.replace(" Copyright ", "\nCopyright ").lines().map(ToOwned::to_owned));
        }
        holders.retain(|line| !is_template(line));
        Some(Read { id: Some(self.id), holders, text: Text { title, body: own.join("\n\n") } })
    }

    /// What stands before the text, without headings.
    fn lines_before(&self, file: &str) -> Vec<String> {
        let lines = file.lines().map(trim);
        // the beginning may be broken over lines
        let begins =
            |line: &str| line.contains(self.begin) || (line.contains(' ') && self.begin.starts_with(line));
        let before =
            lines.take_while(|line| !begins(line)).filter(|line| !line.is_empty() && !is_heading(line));
        before.map(ToOwned::to_owned).collect()
    }

    /// Apache's text is followed by advice, in which a work may have put its copyright line.
    fn is_kept_after(&self, paragraph: &str) -> bool {
        self.id != "Apache-2.0" || paragraph.to_lowercase().starts_with("copyright")
    }
}

/// Copyright lines, and what goes on or ends them. A file with other remarks is better shown whole.
fn is_about_holders(line: &str) -> bool {
    let line = line.to_lowercase();
    ["copyright", "(c)", "©", "all rights reserved", "portions of", "spdx-"]
        .iter()
        .any(|word| line.contains(word))
}

fn is_heading(line: &str) -> bool {
    let line = line.to_lowercase();
    let is_copyright = line.contains("copyright (c)") || line.contains('©') || line.contains("(c) ");
    let is_named = line.contains("licen") && line.split_whitespace().count() <= 6;
    !is_copyright
        && (is_named || line.starts_with("version 2.0") || line == "copyright and permission notice")
}

/// A place that was left for a name.
fn is_template(line: &str) -> bool {
    ["[yyyy]", "{yyyy}", "<year>"].iter().any(|place| line.contains(place))
}

/// A line, also where a whole file is a comment.
fn trim(line: &str) -> &str {
    let line = line.trim();
    line.strip_prefix("//").map_or(line, str::trim)
}

/// Paragraphs, each in one line.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    let is_rule = |line: &str| !line.is_empty() && line.chars().all(|character| "-=*—".contains(character));
    for line in text.lines().map(trim).filter(|line| !is_rule(line)) {
        match paragraphs.last_mut() {
            Some(last) if !line.is_empty() => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(&line.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            _ => paragraphs.push(String::new()),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::{KNOWN, read, standard};

    const MIT: &str = "The MIT License (MIT)\n\nCopyright (c) 2016 The A Authors\nCopyright (c) 2017 B\n\n\
        Permission is hereby granted, free of charge,\nto deal in the Software without restriction.\n\nTHE SOFTWARE\n";

    #[test]
    fn what_differs_is_taken_apart() {
        let one = read("LICENSE", MIT);
        assert_eq!(one.id, Some("MIT"));
        assert_eq!(one.holders, ["Copyright (c) 2016 The A Authors", "Copyright (c) 2017 B"]);
        assert_eq!(one.text.title, "MIT License");
        assert!(
            one.text.body.starts_with("Permission is hereby granted, free of charge, to deal"),
            "{}",
            one.text.body
        );

        let other =
            read("LICENSE", &MIT.replace("2016 The A", "2020 C").replace("charge,\nto", "charge, to"));
        assert_eq!(other.text.words(), one.text.words());
        let changed = read("LICENSE", &MIT.replace("free of charge", "for a fee"));
        assert_ne!(changed.text.words(), one.text.words());
    }

    #[test]
    fn each_licence_is_known_by_its_standard_text() {
        for known in KNOWN {
            let id = spdx::license_id(known.id).unwrap();
            assert_eq!(read("LICENSE", id.text()).id, Some(known.id));
            assert_eq!(standard(id).title, id.full_name);
        }
    }

    #[test]
    fn the_broken_beginning_of_a_text_is_no_holder() {
        let broken = MIT.replace("Permission is hereby granted, free", "Permission is hereby\ngranted, free");
        assert_eq!(read("LICENSE", &broken).holders.len(), 2);
        let comment = format!("// {}", broken.replace('\n', "\n// "));
        assert_eq!(read("LICENSE", &comment).text, read("LICENSE", &broken).text);
    }

    #[test]
    fn the_appendix_of_apache_gives_its_copyright_line_alone() {
        let apache = standard(spdx::license_id("Apache-2.0").unwrap());
        assert!(apache.body.ends_with("END OF TERMS AND CONDITIONS"), "{}", apache.body);
        let file = |holder: &str| {
            format!(
                "Apache License\nVersion 2.0\n\n{}\n\nAPPENDIX: How\n\n   Copyright {holder}\n\nLicensed under",
                apache.body
            )
        };
        assert_eq!(read("LICENSE", &file("2020 A")).holders, ["Copyright 2020 A"]);
        assert!(read("LICENSE", &file("[yyyy] [name of copyright owner]")).holders.is_empty());
        assert_eq!(read("LICENSE", &file("2020 A")).text.words(), apache.words());
    }

    #[test]
    fn what_a_work_adds_below_the_text_is_kept() {
        let unicode = spdx::license_id("Unicode-3.0").unwrap();
        let file = format!("{}\n\n—\n\nPortions of it are by A.\n", unicode.text());
        let read = read("LICENSE", &file);
        assert_eq!(read.id, Some("Unicode-3.0"));
        assert!(read.holders.contains(&"Portions of it are by A.".to_owned()), "{:?}", read.holders);
        assert_eq!(read.text.words(), standard(unicode).words());
    }

    #[test]
    fn a_file_with_remarks_is_kept_whole() {
        let file = format!("Parts are by A, under these terms:\n\n{MIT}");
        assert_eq!(read("LICENSE", &file).text.body, file.trim_end());
    }

    #[test]
    fn two_licences_in_a_file_or_none_are_kept_whole() {
        let both = format!("{MIT}\nRedistribution and use in source and binary forms\n  1. a\n  2. b\n");
        for file in [both.as_str(), "Written by A,\n  and by B.\n"] {
            let whole = read("COPYRIGHT", file);
            assert_eq!(whole.id, None);
            assert_eq!(whole.text.body, file.trim_end());
            assert_eq!(whole.text.title, "COPYRIGHT");
        }
    }
}
