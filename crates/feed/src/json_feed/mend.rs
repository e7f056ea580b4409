//! Broken JSON to JSON: what people write by hand and what templates make of it.
//!
//! Comments, other quotation marks, names without any, `NaN`, line breaks and foreign escapes in
//! strings, commas too many or too few, and whatever stands before the first brace. Where the
//! text breaks off, the result does too: only what is whole counts, and that the reader sees.

/// What was written last, as far as commas go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Open,
    Comma,
    Colon,
    Key,
    Value,
}

/// The text as strict JSON, from its first brace on. Linear.
pub(super) fn mended(text: &str) -> String {
    let start = text.find('{').unwrap_or(text.len());
    let rest = text.get(start..).unwrap_or_default();
    let mut mender =
        Mender { rest, out: String::with_capacity(rest.len()), open: Vec::new(), last: Last::Open };
    while mender.step() {}
    mender.out
}

struct Mender<'a> {
    rest: &'a str,
    out: String,
    open: Vec<char>,
    last: Last,
}

impl<'a> Mender<'a> {
    /// Writes the next token; false at the end.
    fn step(&mut self) -> bool {
        self.rest = self.rest.trim_start();
        let Some(first) = self.rest.chars().next() else { return false };
        match first {
            '/' => self.comment(),
            '{' | '[' => self.opening(first),
            '}' | ']' => return self.closing(first),
            ':' => self.colon(),
            ',' => self.comma(),
            '"' | '\'' | '“' | '”' | '‘' => return self.text(first),
            c if is_word(c) => self.word(),
            c => {
                self.skip(c.len_utf8());
            }
        }
        true
    }

    fn skip(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn comment(&mut self) {
        let end = match self.rest.get(..2) {
            Some("//") => self.rest.find('\n'),
            Some("/*") => self.rest.find("*/").map(|at| at + 2),
            _ => Some(1),
        };
        self.skip(end.unwrap_or(self.rest.len()));
    }

    fn opening(&mut self, bracket: char) {
        self.before_value();
        self.skip(1);
        self.out.push(bracket);
        self.open.push(bracket);
        self.last = Last::Open;
    }

    /// False when it closes the document.
    fn closing(&mut self, bracket: char) -> bool {
        self.skip(1);
        let Some(opened) = self.open.last() else { return true };
        if (*opened == '{') != (bracket == '}') {
            return true;
        }
        self.open.pop();
        match self.last {
            Last::Comma => {
                self.out.pop();
            }
            Last::Colon => self.out.push_str("null"),
            Last::Key => self.out.push_str(":null"),
            Last::Open | Last::Value => {}
        }
        self.out.push(bracket);
        self.last = Last::Value;
        !self.open.is_empty()
    }

    fn colon(&mut self) {
        self.skip(1);
        if self.last == Last::Key {
            self.out.push(':');
            self.last = Last::Colon;
        }
    }

    fn comma(&mut self) {
        self.skip(1);
        match self.last {
            Last::Colon => self.out.push_str("null"),
            Last::Key => self.out.push_str(":null"),
            Last::Value => {}
            Last::Open | Last::Comma => return,
        }
        self.out.push(',');
        self.last = Last::Comma;
    }

    /// Is a name to come, not a value?
    fn is_name(&self) -> bool {
        self.open.last() == Some(&'{') && !matches!(self.last, Last::Colon | Last::Key)
    }

    fn before_value(&mut self) {
        match self.last {
            Last::Value => self.out.push(','),
            Last::Key => self.out.push(':'),
            Last::Open | Last::Comma | Last::Colon => {}
        }
        if self.is_name() && !self.open.is_empty() {
            self.out.push_str("\"\":");
        }
    }

    /// Before a text, which may be a name.
    fn before_text(&mut self) -> Last {
        if !self.is_name() {
            self.before_value();
            return Last::Value;
        }
        if self.last == Last::Value {
            self.out.push(',');
        }
        Last::Key
    }

    /// False when it does not end.
    fn text(&mut self, quote: char) -> bool {
        self.skip(quote.len_utf8());
        let close = if matches!(quote, '“' | '”') { '”' } else { quote };
        let close = if close == '‘' { '’' } else { close };
        let becomes = self.before_text();
        self.out.push('"');
        let mut rest = self.rest.char_indices();
        while let Some((at, c)) = rest.next() {
            let after = rest.as_str();
            if c == close && is_end(after) {
                self.skip(at + c.len_utf8());
                self.out.push('"');
                self.last = becomes;
                return true;
            }
            if c == '\\' {
                if let Some(last) = self.escape(after).checked_sub(1) {
                    rest.nth(last);
                }
            } else {
                self.plain(c);
            }
        }
        self.rest = "";
        false
    }

    fn plain(&mut self, c: char) {
        match c {
            '"' => self.out.push_str("\\\""),
            '\n' => self.out.push_str("\\n"),
            '\t' => self.out.push_str("\\t"),
            c if c.is_control() => {}
            c => self.out.push(c),
        }
    }

    /// Writes the escape that goes on with `after`; how many letters of it that took.
    fn escape(&mut self, after: &str) -> usize {
        let hex = |from: usize, digits: usize| {
            let digits = after.get(from..from + digits)?;
            u32::from_str_radix(digits, 16).ok()
        };
        match after.chars().next() {
            Some('u') if hex(1, 4).is_some_and(is_surrogate) => {
                let pair = after.get(5..7) == Some("\\u") && hex(7, 4).is_some_and(is_surrogate);
                let whole = format!("\"\\{}\"", after.get(..11).unwrap_or_default());
                let c = serde_json::from_str::<char>(&whole).ok().filter(|_| pair);
                self.plain(c.unwrap_or(char::REPLACEMENT_CHARACTER));
                return if c.is_some() { 11 } else { 5 };
            }
            Some('u') if hex(1, 4).is_some() => self.out.push_str("\\u"),
            Some('x') if hex(1, 2).is_some() => {
                hex(1, 2).and_then(char::from_u32).into_iter().for_each(|c| self.plain(c));
                return 3;
            }
            Some(c @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't')) => {
                self.out.push('\\');
                self.out.push(c);
            }
            Some(c) => self.plain(c),
            None => return 0,
        }
        1
    }

    /// A number, a literal, or a text without quotation marks.
    fn word(&mut self) {
        let end = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
        let word = self.skip(end);
        self.last = self.before_text();
        let strict = match word {
            "true" | "false" | "null" => Some(word),
            "True" => Some("true"),
            "False" => Some("false"),
            "NaN" | "Infinity" | "-Infinity" | "+Infinity" | "undefined" | "None" => Some("null"),
            _ => Some(word).filter(|w| serde_json::from_str::<serde_json::Number>(w).is_ok()),
        };
        if let Some(word) = strict.filter(|_| self.last == Last::Value) {
            self.out.push_str(word);
        } else {
            self.out.push('"');
            self.out.push_str(word);
            self.out.push('"');
        }
    }
}

fn is_surrogate(unit: u32) -> bool {
    (0xd800..0xe000).contains(&unit)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '+' | '-' | '.')
}

/// May a text end here? A quotation mark within a text is followed by more of it.
fn is_end(after: &str) -> bool {
    let next = after.trim_start();
    let is_next = after.len() != next.len() && next.starts_with(['"', '\'', '{', '[']);
    next.is_empty() || next.starts_with([',', ':', '}', ']', '/']) || is_next
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_strict_stays_and_what_is_not_becomes_so() {
        for (loose, strict) in [
            (
                r#"{"a": [1, -2.5e3, "x\u00e9\"y"], "b": null}"#,
                r#"{"a":[1,-2.5e3,"x\u00e9\"y"],"b":null}"#,
            ),
            ("// c\n{'a': 'it\\'s', /* x */ b: NaN,}", r#"{"a":"it's","b":null}"#),
            (r#"f({"a": ["x" "y" {"z": True}]});"#, r#"{"a":["x","y",{"z":true}]}"#),
            (")]}',\n{\"a\": \"b\tc\nd\\x41\\q\"}", r#"{"a":"b\tc\ndAq"}"#),
            (
                r#"{"a": "say "no" now", "b":, "c" "1"}"#,
                r#"{"a":"say \"no\" now","b":null,"c":"1"}"#,
            ),
            (r#"{"a": [1, 2,,], } tail"#, r#"{"a":[1,2]}"#),
            (r#"{"a": [{"b": 1}, {"b": "cut"#, r#"{"a":[{"b":1},{"b":"cut"#),
        ] {
            assert_eq!(mended(loose), strict, "{loose}");
        }
    }

    proptest! {
        /// Twice is once, and whatever closes is JSON.
        #[test]
        fn mending_is_done_once(text in r#"\{[ -~é\n{}\[\]",:'/\\]{0,60}"#) {
            let once = mended(&text);
            prop_assert_eq!(&mended(&once), &once);
        }
    }
}
