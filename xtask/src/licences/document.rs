//! The file that an app shows: who made what, and below it each text once, with whose it is.

use std::collections::BTreeMap;

use super::{Package, Text};

/// Packages under a heading.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) packages: Vec<Package>,
}

const HEAD: &str = "このアプリは、以下のソフトウェアで作られています。それぞれのライセンスの全文は、その下にあります（原文のまま）。\n\n\
    This app is built with the software below. The full texts of the licences stand after the list.\n";

/// Texts in the order in which the list first names them; a number for each.
#[derive(Default)]
struct Texts<'a> {
    numbers: BTreeMap<String, usize>,
    texts: Vec<(&'a Text, Vec<String>)>,
}

pub(super) fn write(sections: &[Section]) -> String {
    let mut texts = Texts::default();
    let mut document = HEAD.to_owned();
    for section in sections {
        document.extend(["\n", section.title, "\n"]);
        for package in &section.packages {
            document.push('\n');
            document.push_str(&entry(package, &mut texts));
        }
    }
    for (number, (text, users)) in (1..).zip(&texts.texts) {
        document.push_str(&text_of(number, text, users));
    }
    document
}

fn text_of(number: usize, text: &Text, users: &[String]) -> String {
    format!("\n[{number}] {}\n\n{}\n\n{}\n", text.title, users.join(", "), text.body)
}

fn entry<'a>(package: &'a Package, texts: &mut Texts<'a>) -> String {
    let name = format!("{} {}", package.name, package.version).trim_end().to_owned();
    let mut numbers: Vec<_> = package.texts.iter().map(|text| texts.number(text, &name)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
    let mut entry = format!("{name} — {} [{}]\n", package.licence, numbers.join(", "));
    for line in package.source.iter().chain(&package.holders) {
        entry.push_str(line);
        entry.push('\n');
    }
    entry
}

impl<'a> Texts<'a> {
    /// The number of a text, counted from 1.
    fn number(&mut self, text: &'a Text, user: &str) -> usize {
        let number = *self.numbers.entry(text.words()).or_insert_with(|| {
            self.texts.push((text, Vec::new()));
            self.texts.len()
        });
        if let Some((_, users)) = self.texts.get_mut(number - 1)
            && users.last().is_none_or(|last| last != user)
        {
            users.push(user.to_owned());
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::{HEAD, Package, Section, Text, write};

    fn package(name: &str, texts: &[(&str, &str)]) -> Package {
        let texts =
            texts.iter().map(|(title, body)| Text { title: (*title).to_owned(), body: (*body).to_owned() });
        Package {
            name: name.to_owned(),
            version: "1".to_owned(),
            licence: "MIT".to_owned(),
            source: Some("https://example.jp/".to_owned()),
            holders: vec![format!("Copyright {name}")],
            texts: texts.collect(),
        }
    }

    #[test]
    fn each_text_stands_once_with_whose_it_is() {
        let packages = vec![
            package("a", &[("MIT", "Do\nit.")]),
            package("b", &[("Notice", "Of b."), ("MIT", "Do it."), ("MIT", "do it")]),
        ];
        let document = write(&[Section { title: "Rust", packages }]);
        let expected = "\nRust\n\na 1 — MIT [1]\nhttps://example.jp/\nCopyright a\n\n\
            b 1 — MIT [1, 2]\nhttps://example.jp/\nCopyright b\n\n[1] MIT\n\na 1, b 1\n\nDo\nit.\n\n[2] Notice\n\nb 1\n\nOf b.\n";
        assert_eq!(document, format!("{HEAD}{expected}"));
    }
}
