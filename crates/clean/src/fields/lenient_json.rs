//! JSON as pages have it: read as it is if that works, mended if not, and in the end salvaged
//! property by property.

use serde_json::{Map, Value};

/// Longest script read, in bytes.
const MAX_BYTES: usize = 1 << 20;
/// Properties worth salvaging from a script that cannot be read.
const SALVAGED: [&str; 8] = [
    "headline",
    "datePublished",
    "dateModified",
    "articleBody",
    "inLanguage",
    "isAccessibleForFree",
    "description",
    "articleSection",
];

/// The values in `text`: one, several written after each other, or none. Linear in the text.
pub(crate) fn parse(text: &str) -> Vec<Value> {
    let text = unwrapped(text);
    if text.is_empty() || text.len() > MAX_BYTES {
        return Vec::new();
    }
    if let Ok(value) = serde_json::from_str(text) {
        return vec![value];
    }
    let mended = mend(text);
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_str(&mended).into_iter::<Value>().take(64) {
        match value {
            Ok(value) => values.push(value),
            Err(_) => break,
        }
    }
    if values.is_empty() {
        values.extend(salvage(text));
    }
    values
}

/// Without the comment or CDATA marks that hide a script from old readers.
fn unwrapped(text: &str) -> &str {
    let mut text = text.trim().trim_start_matches('\u{feff}').trim();
    for (open, close) in [
        ("<!--", "-->"),
        ("//<![CDATA[", "//]]>"),
        ("<![CDATA[", "]]>"),
        ("/*<![CDATA[*/", "/*]]>*/"),
    ] {
        if let Some(rest) = text.strip_prefix(open) {
            let rest = rest.trim_end();
            text = rest.strip_suffix(close).unwrap_or(rest).trim();
        }
    }
    text.trim_end_matches(';')
}

/// Escapes raw control characters in strings, takes out backslashes before characters that
/// need none, commas before a closing bracket, semicolons and comments between values.
fn mend(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    let mut inside = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                inside = !inside;
                out.push(c);
            }
            '\\' if inside => match chars.next() {
                Some(e @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u')) => {
                    out.push('\\');
                    out.push(e);
                }
                Some(other) => out.push(other),
                None => {}
            },
            '\n' | '\r' | '\t' if inside => out.push_str("\\n"),
            c if inside && c.is_control() => {}
            ']' | '}' if !inside => {
                let kept = out.trim_end().trim_end_matches(',').len();
                out.truncate(kept);
                out.push(c);
            }
            ';' if !inside => {}
            c => out.push(c),
        }
    }
    out
}

/// The known properties found by their names, as one object.
fn salvage(text: &str) -> Option<Value> {
    let mut found = Map::new();
    for name in SALVAGED {
        if let Some(value) = property(text, name) {
            found.insert(name.to_owned(), Value::String(value));
        }
    }
    if found.is_empty() {
        return None;
    }
    found.insert("@type".to_owned(), Value::String("Article".to_owned()));
    Some(Value::Object(found))
}

/// The string after the first `"name":` in `text`, unescaped.
pub(crate) fn property(text: &str, name: &str) -> Option<String> {
    let mut rest = text;
    loop {
        let (_, after) = rest.split_once(name)?;
        rest = after;
        let after = after.trim_start_matches(['"', '\'', '\\']).trim_start();
        let Some(after) = after.strip_prefix(':') else { continue };
        let after = after.trim_start();
        let Some(quoted) = after.strip_prefix('"').or_else(|| after.strip_prefix("\\\"")) else {
            continue;
        };
        let end = closing_quote(quoted);
        let raw = quoted.get(..end)?;
        let one = format!("\"{}\"", mend(raw).replace('\n', "\\n"));
        return Some(serde_json::from_str(&one).unwrap_or_else(|_| raw.to_owned()));
    }
}

fn closing_quote(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return at,
            '"' => return at.saturating_sub(1), // JSON inside a string: \" closes
            _ => escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_pages_break_is_mended() {
        for text in [
            "{\"a\":\"b\"}",
            "<!-- {\"a\":\"b\"} -->",
            "//<![CDATA[\n{\"a\":\"b\",}\n//]]>",
            "{\"a\":\"b\"};",
            "{\"a\":\"\\b\"}{\"c\":1}",
        ] {
            assert!(parse(text)[0].get("a").is_some(), "{text}");
        }
        assert_eq!(parse("{\"a\":\"two\nlines\",}")[0]["a"], "two\nlines");
        assert_eq!(parse("{\"a\":\"it\\'s\"}")[0]["a"], "it's");
        assert_eq!(parse("{\"a\":1}{\"b\":2}").len(), 2);
    }

    #[test]
    fn a_broken_text_gives_its_known_properties() {
        let text = "{\"headline\":\"He said \"no\"\", \"datePublished\" : \"2024-05-02\", }}";
        assert_eq!(parse(text)[0]["datePublished"], "2024-05-02");
        assert!(parse("nothing").is_empty());
    }

    proptest! {
        #[test]
        fn anything_is_survived(text in "\\PC{0,80}") {
            parse(&text);
            property(&text, "a");
        }
    }
}
