//! Which query parameters do not belong to an article's name.

use std::sync::LazyLock;

/// The list, as data: see the comment at its top for the form.
const LIST: &str = include_str!("tracking.txt");

enum Rule {
    Always(&'static str),
    Prefix(&'static str),
    Values(&'static str, Vec<&'static str>),
    Token(&'static str),
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    LIST.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).map(rule).collect()
});

fn rule(line: &'static str) -> Rule {
    match line.split_once('=') {
        Some((name, "#")) => Rule::Token(name),
        Some((name, values)) => Rule::Values(name, values.split(',').collect()),
        None => line.strip_suffix('*').map_or(Rule::Always(line), Rule::Prefix),
    }
}

/// Does the parameter `name=value` (as written in the URL) only track?
pub(crate) fn is_tracking(name: &str, value: &str) -> bool {
    RULES.iter().any(|rule| match rule {
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
