//! Which query parameters do not belong to an article's name.

use std::sync::{LazyLock, OnceLock};

/// The list, as data: see the comment at its top for the form.
const LIST: &str = include_str!("tracking.txt");

#[derive(Debug, PartialEq, Eq)]
enum Rule {
    Always(String),
    Prefix(String),
    Values(String, Vec<String>),
    Token(String),
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    LIST.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).map(rule).collect()
});

/// The user's own rules.
static MORE: OnceLock<Vec<Rule>> = OnceLock::new();

/// Adds rules of the user's to the list, in the list's own form (`name`, `name*`,
/// `name=value,value`, `name=#` for session tokens): once in a process, before the first URL is
/// read. What was set first stays.
///
/// # Errors
/// The first text that is no rule; none is added then.
pub fn track_more(rules: &[String]) -> Result<(), String> {
    let is_rule = |text: &&String| {
        let name = text.split(['=', '*']).next().unwrap_or_default();
        !name.is_empty() && !text.contains(|c: char| c.is_whitespace() || "&?#/".contains(c))
            || text.strip_suffix("=#").is_some_and(|name| !name.is_empty() && !name.contains('='))
    };
    if let Some(wrong) = rules.iter().find(|text| !is_rule(text)) {
        return Err(format!("'{wrong}' is no parameter: write name, name* or name=value"));
    }
    MORE.set(rules.iter().map(|text| rule(text)).collect()).ok();
    Ok(())
}

fn rule(line: &str) -> Rule {
    match line.split_once('=') {
        Some((name, "#")) => Rule::Token(name.to_owned()),
        Some((name, values)) => {
            Rule::Values(name.to_owned(), values.split(',').map(str::to_owned).collect())
        }
        None => match line.strip_suffix('*') {
            Some(start) => Rule::Prefix(start.to_owned()),
            None => Rule::Always(line.to_owned()),
        },
    }
}

/// Does the parameter `name=value` (as written in the URL) only track?
pub(crate) fn is_tracking(name: &str, value: &str) -> bool {
    RULES.iter().chain(MORE.get().into_iter().flatten()).any(|rule| match rule {
        Rule::Always(n) => name.eq_ignore_ascii_case(n),
        Rule::Prefix(p) => name.get(..p.len()).is_some_and(|start| start.eq_ignore_ascii_case(p)),
        Rule::Values(n, values) => {
            name.eq_ignore_ascii_case(n) && values.iter().any(|v| value.eq_ignore_ascii_case(v))
        }
        Rule::Token(n) => name.eq_ignore_ascii_case(n) && is_session_token(value),
    })
}

/// Sixteen or more letters and digits, at least three of them digits: nobody's article id,
/// which are either numbers or words.
fn is_session_token(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    value.len() >= 16
        && digits >= 3
        && digits < value.len()
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_rule_is_refused() {
        for wrong in ["", "*", "=a", "a b", "a&b", "?a"] {
            assert!(track_more(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
        assert_eq!(MORE.get(), None, "nothing was added");
        for (text, expected) in [
            ("cmp", Rule::Always("cmp".into())),
            ("cmp_*", Rule::Prefix("cmp_".into())),
            ("from=rss,mail", Rule::Values("from".into(), vec!["rss".into(), "mail".into()])),
            ("sid=#", Rule::Token("sid".into())),
        ] {
            assert_eq!(rule(text), expected);
        }
    }

    #[test]
    fn each_kind_of_rule_applies() {
        for (name, value) in [
            ("UTM_Source", "x"),
            ("fbclid", "x"),
            ("ref", "rss"),
            ("sid", "0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
        ] {
            assert!(is_tracking(name, value), "{name}={value}");
        }
        for (name, value) in [("id", "7"), ("ref", "main"), ("sid", "20240502"), ("utmost", "x")] {
            assert!(!is_tracking(name, value), "{name}={value}");
        }
    }
}
