//! Where values come from: the file, then the environment, then flags. The later one wins, and an error names it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::fields::{self, FIELDS, Field, Shape};
use super::{ConfigError, Problem};

/// Variables of the environment that are not fields.
const NOT_FIELDS: [&str; 1] = ["INKAN_CONFIG"];

/// Everything that is given, before anything is believed.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file's name and text.
    pub file: Option<(PathBuf, String)>,
    /// Variables of the environment; those that do not begin with `INKAN_` are not looked at.
    pub environment: Vec<(String, String)>,
    /// Flags: a field's name and its value.
    pub flags: Vec<(String, String)>,
}

impl Sources {
    /// Reads `file` and the environment of this process.
    pub fn read(file: &Path, flags: Vec<(String, String)>) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file).map_err(|error| {
            ConfigError(vec![Problem {
                field: None,
                text: format!(
                    "cannot read {}: {error}; name the file with --config, or make one with `inkan init --dir DIR`",
                    file.display()
                ),
            }])
        })?;
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Ok(Self { file: Some((file.to_owned(), text)), environment, flags })
    }

    /// The folder that relative paths start from.
    pub(super) fn base(&self) -> PathBuf {
        let folder = self.file.as_ref().and_then(|(file, _)| file.parent());
        folder.map(Path::to_owned).unwrap_or_default()
    }

    /// The value of each field that is given, and what is wrong with the rest.
    pub(super) fn gather(&self) -> (BTreeMap<&'static str, Given>, Vec<Problem>) {
        let mut gathered = Gathered::default();
        if let Some((file, text)) = &self.file {
            match text.parse::<Table>() {
                Ok(table) => gathered.take_table("", &table, &file.display().to_string()),
                Err(error) => gathered.problems.push(Problem {
                    field: None,
                    text: format!("{} is not TOML: {}", file.display(), error.to_string().trim()),
                }),
            }
        }
        for (variable, value) in &self.environment {
            if variable.starts_with("INKAN_") && !NOT_FIELDS.contains(&variable.as_str()) {
                let field = FIELDS.iter().find(|field| field.variable() == *variable);
                gathered.take_text(field, variable, value, variable);
            }
        }
        for (name, value) in &self.flags {
            gathered.take_text(fields::find(name), name, value, "--set");
        }
        (gathered.given, gathered.problems)
    }
}

/// A value and who gave it.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) value: Value,
    pub(super) from: String,
}

#[derive(Default)]
struct Gathered {
    given: BTreeMap<&'static str, Given>,
    problems: Vec<Problem>,
}

impl Gathered {
    fn take_table(&mut self, within: &str, table: &Table, from: &str) {
        for (key, value) in table {
            let name = if within.is_empty() { key.clone() } else { format!("{within}.{key}") };
            match (fields::find(&name), value) {
                (Some(field), value) => {
                    self.given.insert(field.name, Given { value: value.clone(), from: from.to_owned() });
                }
                (None, Value::Table(inner)) if is_table(&name) => self.take_table(&name, inner, from),
                (None, _) => self.unknown(&name, from),
            }
        }
    }

    fn take_text(&mut self, field: Option<&'static Field>, name: &str, text: &str, from: &str) {
        let Some(field) = field else {
            return self.unknown(name, from);
        };
        let value = match field.shape {
            Shape::Text => Some(Value::String(text.to_owned())),
            Shape::Number => text.parse().ok().map(Value::Integer),
            Shape::Flag => text.parse().ok().map(Value::Boolean),
            Shape::List => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Some(Value::Array(parts.map(|part| Value::String(part.to_owned())).collect()))
            }
        };
        match value {
            Some(value) => {
                self.given.insert(field.name, Given { value, from: from.to_owned() });
            }
            None => self.problems.push(Problem {
                field: Some(field.name.to_owned()),
                text: format!("{from}: {text:?} is not {}", expected(field.shape)),
            }),
        }
    }

    fn unknown(&mut self, name: &str, from: &str) {
        let plain = name.strip_prefix("INKAN_").map_or_else(|| name.to_owned(), str::to_lowercase);
        let meant = match (name == "tier_floors.device_add", fields::nearest(&plain)) {
            (true, _) => "; the server asks device_add itself, always in mode number".to_owned(),
            (false, Some(known)) if name.starts_with("INKAN_") => {
                let variable = fields::find(known).map(Field::variable).unwrap_or_default();
                format!("; did you mean {variable}?")
            }
            (false, Some(known)) => format!("; did you mean {known}?"),
            (false, None) => "; docs/operate.md lists all fields".to_owned(),
        };
        self.problems.push(Problem {
            field: Some(name.to_owned()),
            text: format!("{from}: there is no such field{meant}"),
        });
    }
}

/// What a value of this shape is called.
pub(super) fn expected(shape: Shape) -> &'static str {
    match shape {
        Shape::Text => "a string",
        Shape::Number => "a whole number",
        Shape::Flag => "true or false",
        Shape::List => "an array of strings",
    }
}

fn is_table(name: &str) -> bool {
    FIELDS.iter().any(|field| field.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}
