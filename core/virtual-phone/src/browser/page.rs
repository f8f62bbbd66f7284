//! What the virtual browser sees of a page: its title, its text and its forms.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use serde::{Deserialize, Serialize};
use url::Url;

/// A page that has been loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// The address after all redirects, without a fragment.
    pub url: String,
    /// Its title, or nothing.
    pub title: String,
    /// What stands on it, a line a block; scripts and styles left out.
    pub text: String,
    /// Its forms.
    pub forms: Vec<Form>,
}

/// A form of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Its id; empty where it has none.
    pub id: String,
    /// How it is sent.
    pub method: FormMethod,
    /// Where to, absolute.
    pub action: String,
    /// Its fields with the values that they hold now. Buttons send nothing.
    pub fields: Vec<(String, String)>,
    /// Whether it carries `data-inkan-return`.
    pub returns: bool,
}

/// How a form is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormMethod {
    /// In the address.
    Get,
    /// In the body.
    Post,
}

const BLOCKS: [&str; 30] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "button",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "header",
    "hr",
    "label",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "section",
    "table",
    "tr",
    "ul",
];
const UNSEEN: [&str; 5] = ["script", "style", "template", "noscript", "svg"];

impl Page {
    /// Reads HTML as it came from an address. What is not HTML is text too.
    pub fn read(status: u16, address: &Url, body: &[u8]) -> Self {
        let html = String::from_utf8_lossy(body);
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let mut reader = Reader {
            address,
            title: String::new(),
            text: String::new(),
            forms: Vec::new(),
            open: Open::default(),
        };
        for token in Tokenizer::new_with_emitter(html.as_ref(), emitter) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => reader.start(&tag),
                Token::EndTag(tag) => reader.end(&lossy(&tag.name)),
                Token::String(text) => reader.text(&lossy(&text)),
                _ => {}
            }
        }
        Self {
            status,
            url: address.to_string(),
            title: tidy(&reader.title),
            text: tidy(&reader.text),
            forms: reader.forms,
        }
    }
}

#[derive(Default)]
struct Open {
    title: bool,
    form: bool,
    unseen: usize,
    textarea: Option<String>,
    select: Option<String>,
}

struct Reader<'a> {
    address: &'a Url,
    title: String,
    text: String,
    forms: Vec<Form>,
    open: Open,
}

impl Reader<'_> {
    fn start(&mut self, tag: &StartTag<()>) {
        let name = lossy(&tag.name);
        if UNSEEN.contains(&name.as_str()) {
            self.open.unseen += usize::from(!tag.self_closing);
        }
        if BLOCKS.contains(&name.as_str()) {
            self.text.push('\n');
        }
        match name.as_str() {
            "title" if self.open.unseen == 0 => self.open.title = true,
            "form" => {
                let post = attribute(tag, "method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
                let action = attribute(tag, "action").unwrap_or_default();
                self.forms.push(Form {
                    id: attribute(tag, "id").unwrap_or_default(),
                    method: if post { FormMethod::Post } else { FormMethod::Get },
                    action: self.address.join(&action).unwrap_or_else(|_| self.address.clone()).to_string(),
                    fields: Vec::new(),
                    returns: attribute(tag, "data-inkan-return").is_some(),
                });
                self.open.form = true;
            }
            "input" => self.input(tag),
            "textarea" => {
                if let Some(name) = attribute(tag, "name") {
                    self.field(name.clone(), String::new());
                    self.open.textarea = Some(name);
                }
            }
            "select" => self.open.select = attribute(tag, "name"),
            "option" => {
                if let (Some(select), Some(value)) = (self.open.select.clone(), attribute(tag, "value")) {
                    let known = self
                        .forms
                        .last()
                        .is_some_and(|form| form.fields.iter().any(|(name, _)| *name == select));
                    if !known {
                        self.field(select, value);
                    } else if attribute(tag, "selected").is_some() {
                        self.replace(&select, |kept| *kept = value);
                    }
                }
            }
            _ => {}
        }
    }

    fn input(&mut self, tag: &StartTag<()>) {
        let Some(name) = attribute(tag, "name") else { return };
        let kind = attribute(tag, "type").unwrap_or_default().to_ascii_lowercase();
        let value = attribute(tag, "value");
        match kind.as_str() {
            "submit" | "button" | "image" | "reset" | "file" => {}
            "checkbox" | "radio" => {
                if attribute(tag, "checked").is_some() {
                    self.field(name, value.unwrap_or_else(|| "on".to_owned()));
                }
            }
            _ => self.field(name, value.unwrap_or_default()),
        }
    }

    fn field(&mut self, name: String, value: String) {
        if let (true, Some(form)) = (self.open.form, self.forms.last_mut()) {
            form.fields.push((name, value));
        }
    }

    fn replace(&mut self, name: &str, change: impl FnOnce(&mut String)) {
        let fields = self.forms.last_mut().map(|form| form.fields.iter_mut());
        if let Some((_, value)) = fields.and_then(|mut fields| fields.find(|(known, _)| known == name)) {
            change(value);
        }
    }

    fn end(&mut self, name: &str) {
        if UNSEEN.contains(&name) {
            self.open.unseen = self.open.unseen.saturating_sub(1);
        }
        if BLOCKS.contains(&name) {
            self.text.push('\n');
        }
        match name {
            "title" => self.open.title = false,
            "form" => self.open.form = false,
            "textarea" => self.open.textarea = None,
            "select" => self.open.select = None,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(name) = self.open.textarea.clone() {
            self.replace(&name, |value| value.push_str(text));
        } else if self.open.title {
            self.title.push_str(text);
        } else if self.open.unseen == 0 && self.open.select.is_none() {
            // a line break in the source is a space on the page
            self.text.push_str(&text.replace(['\n', '\r', '\t'], " "));
        }
    }
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    tag.attributes.get(name.as_bytes()).map(|value| lossy(value))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// One space between words, no empty lines.
fn tidy(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: &str = r#"<!doctype html><title>注文 &amp; 出金</title><style>p{}</style><script>"<p>no</p>"</script>
<h1>出金の
確認</h1><p>口座 <b>***0123</b></p><svg><title>no</title></svg>
<form id=a action="/go?x=1" method=POST><input type=hidden name=t value="1&quot;2"><input name=n>
<textarea name=m>い
ろは</textarea><select name=s><option value=1>い<option value=2 selected>ろ</select>
<input type=checkbox name=c><input type=radio name=r value=y checked><button name=b>送る</button></form>
<form data-inkan-return action="https://other.example/r"></form><input name=outside>"#;

    #[test]
    fn title_text_and_forms_are_found() {
        let page = Page::read(200, &Url::parse("https://broker.example/a/b").unwrap(), HTML.as_bytes());
        assert_eq!(page.title, "注文 & 出金");
        assert_eq!(page.text, "出金の 確認\n口座 ***0123\n送る");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let [first, second] = page.forms.as_slice() else { panic!("{:?}", page.forms) };
        assert_eq!(first.action, "https://broker.example/go?x=1");
        assert_eq!((first.id.as_str(), first.method, first.returns), ("a", FormMethod::Post, false));
        assert_eq!(
            first.fields,
            [pair("t", "1\"2"), pair("n", ""), pair("m", "い\nろは"), pair("s", "2"), pair("r", "y")]
        );
        assert_eq!(second.action, "https://other.example/r");
        assert_eq!((second.method, second.returns), (FormMethod::Get, true));
    }
}
