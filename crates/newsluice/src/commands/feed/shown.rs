//! A feed that was found, as people and scripts see it.

use fetch::Credentials;
use serde_json::json;

use crate::output::{harmless, say};
use crate::source::Found;
use crate::source::words::{moment, span};

/// Shows what is in it, with its number among several.
///
/// # Errors
/// When standard output is gone.
pub(super) fn show(found: &Found, number: Option<usize>) -> std::io::Result<()> {
    let number = number.map_or_else(String::new, |number| format!("{number}. "));
    say(&harmless(&format!("{number}{}", found.url)))?;
    let newest = found.newest.map(|at| format!(", the newest of {}", moment(at)));
    let rows = [
        ("moved", found.moved_from.as_ref().map(|from| format!("from {from}"))),
        ("title", found.title.clone()),
        ("site", found.site.clone()),
        ("entries", Some(format!("{}{}", found.entries, newest.unwrap_or_default()))),
        ("language", found.language.clone()),
        ("rhythm", found.rhythm.map(|rhythm| format!("about every {}", span(rhythm)))),
        ("text", Some(text(found))),
    ];
    for (name, value) in rows {
        if let Some(value) = value {
            say(&format!("   {name:<9} {}", harmless(&value)))?;
        }
    }
    Ok(())
}

fn text(found: &Found) -> String {
    match (found.whole, found.entries) {
        (_, 0) => "nothing in it yet".to_owned(),
        (0, _) => "the feed has teasers; the text comes from the pages".to_owned(),
        (whole, all) => format!("{whole} of {all} entries carry the whole article"),
    }
}

/// The same for scripts.
pub(super) fn as_json(found: &Found) -> serde_json::Value {
    let mut object = serde_json::Map::new();
    let fields = [
        ("url", Some(json!(found.url))),
        ("moved_from", found.moved_from.as_ref().map(|v| json!(v))),
        ("title", found.title.as_ref().map(|v| json!(v))),
        ("site", found.site.as_ref().map(|v| json!(v))),
        ("language", found.language.as_ref().map(|v| json!(v))),
        ("entries", Some(json!(found.entries))),
        ("whole", Some(json!(found.whole))),
        ("newest", found.newest.map(|at| json!(at.to_string()))),
        ("rhythm_seconds", found.rhythm.map(|rhythm| json!(rhythm.as_secs()))),
    ];
    for (name, value) in fields {
        object.extend(value.map(|value| (name.to_owned(), value)));
    }
    object.into()
}

/// The address as typed, completed: without a scheme it is https.
///
/// # Errors
/// What to type: a password in the address would be kept in the database.
pub(super) fn address(typed: &str) -> Result<String, String> {
    let typed = typed.trim();
    let typed = typed.strip_prefix("feed:").unwrap_or(typed).trim_start_matches("//");
    let url = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let (shown, secret) = Credentials::from_url(&url);
    if secret.is_some() {
        return Err(format!(
            "{shown}: a password in the address would be kept in the database; leave it out and \
             say where it is with --credential basic:USER:file:/path (or env:NAME, \
             credential:name)"
        ));
    }
    record::PageUrl::parse(&url).map_err(|e| format!("{shown}: {e}"))?;
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_completed_and_passwords_refused() {
        assert_eq!(address("example.org").unwrap(), "https://example.org");
        assert_eq!(address("feed://example.org/x").unwrap(), "https://example.org/x");
        assert_eq!(address("feed:http://example.org/x").unwrap(), "http://example.org/x");
        assert_eq!(address(" http://a.b/c ").unwrap(), "http://a.b/c");
        let error = address("https://me:hunter2@example.org/feed").unwrap_err();
        assert!(error.contains("--credential") && !error.contains("hunter2"), "{error}");
        assert!(address("ftp://example.org/").is_err());
    }
}
