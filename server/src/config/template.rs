//! The configuration file that `inkan init` writes: every field with its meaning, those that are not given commented out
//! with their default.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use toml::Value;

use super::fields::{FIELDS, Field, Shape};

/// A file with these values. What is needed and not given stands empty, for the operator to fill in.
pub fn template(values: &BTreeMap<&str, Value>) -> String {
    let mut text = String::from(
        "# Configuration of the Inkan server. `inkan config check` says what is wrong and what is weak.\n",
    );
    for field in FIELDS.iter().filter(|field| !field.name.contains('.')) {
        line(&mut text, field, field.name, values);
    }
    let mut tables: Vec<&str> = Vec::new();
    for field in FIELDS {
        if let Some((table, _)) = field.name.split_once('.')
            && !tables.contains(&table)
        {
            tables.push(table);
        }
    }
    for table in tables {
        // writing into a String cannot fail
        let _ = write!(text, "\n[{table}]\n");
        for field in FIELDS {
            if let Some(name) = field.name.strip_prefix(table).and_then(|rest| rest.strip_prefix('.')) {
                line(&mut text, field, name, values);
            }
        }
    }
    text
}

fn line(text: &mut String, field: &Field, name: &str, values: &BTreeMap<&str, Value>) {
    let given = values.get(field.name).map(Value::to_string);
    let written = match (given, field.default) {
        (Some(value), _) => format!("{name} = {value}"),
        (None, "needed") => format!("{name} = \"\""),
        (None, "none" | "server_name") if field.shape == Shape::List => format!("#{name} = []"),
        (None, "none" | "server_name") => format!("#{name} = \"\""),
        (None, default) if field.shape == Shape::Text => format!("#{name} = \"{default}\""),
        (None, default) => format!("#{name} = {default}"),
    };
    let _ = write!(text, "\n# {}\n{written}\n", field.about);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Sources};

    fn read(text: String) -> Result<Config, crate::config::ConfigError> {
        Config::from_sources(&Sources { file: Some(("inkan.toml".into(), text)), ..Sources::default() })
    }

    #[test]
    fn what_is_not_filled_in_is_named_and_nothing_else() {
        let error = read(template(&BTreeMap::new())).unwrap_err();
        for problem in &error.0 {
            let field = problem.field.as_deref().unwrap();
            let needed = FIELDS.iter().any(|known| known.name == field && known.default == "needed");
            assert!(needed, "{problem}");
        }
        assert!(error.0.iter().any(|problem| problem.field.as_deref() == Some("server_name")));
    }

    #[test]
    fn defaults_that_are_written_out_are_the_defaults() {
        let needed = [
            ("server_name", "https://auth.example.jp"),
            ("tls.certificate", "a.pem"),
            ("tls.key", "a.key"),
            ("relying_party.id", "a"),
            ("relying_party.name", "A"),
        ];
        let values = needed.map(|(name, value)| (name, Value::String(value.into()))).into();
        let text = template(&values);
        let plain = read(text.clone()).unwrap();
        // every comment that holds a value is made a value
        let spelled_out: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with("# "))
            .map(|line| line.strip_prefix('#').unwrap_or(line))
            .filter(|line| !line.ends_with("= \"\""))
            .collect();
        assert_eq!(read(spelled_out.join("\n")).unwrap(), plain);
    }
}
