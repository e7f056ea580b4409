//! The settings of one source, as the database holds them: strict JSON.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

use super::access::{Credential, Reference, Way};
use super::filter::Rule;
use crate::config::Duration;

/// What a user decided about a source. A secret is never in it: only where it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SourceSettings {
    /// Words to find it by; OPML shows them as folders.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<String>,
    /// What its address leads to.
    #[serde(skip_serializing_if = "Kind::is_feed")]
    pub(crate) kind: Kind,
    /// Polled at this interval in place of its own rhythm; what its origin asks for still holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interval: Option<Duration>,
    /// The language of its articles (BCP 47), where their text does not say another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
    /// Only articles in this language are wanted, where their text says which it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) only_language: Option<String>,
    /// The zone of its times that have no offset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) zone: Option<Zone>,
    /// Where the text of an article is taken from.
    #[serde(skip_serializing_if = "FullText::is_auto")]
    pub(crate) full_text: FullText,
    /// Headers sent to the feed's origin alone: name and where the value is.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<String, Reference>,
    /// What opens it, sent to the feed's origin alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) credential: Option<Credential>,
    /// The way to it in place of `fetch.proxy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proxy: Option<Way>,
    /// Only articles that one of these fits are wanted, if there are any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) keep: Vec<Rule>,
    /// Articles that one of these fits are not wanted, even if they are to be kept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) drop: Vec<Rule>,
    /// How an imported list showed it, for writing the list again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outline: Option<Outline>,
}

/// How a list shows a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Outline {
    /// The title that the list gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    /// The shorter text, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    /// The address of its site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) site: Option<String>,
    /// The folders it lies in, each as the way to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) places: Vec<Vec<String>>,
    /// Attributes that mean nothing to this program.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) other: Vec<(String, String)>,
    /// The namespaces that those use: prefix and URI.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) namespaces: Vec<(String, String)>,
}

/// What the address of a source leads to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// A feed or a sitemap: which, its content says.
    #[default]
    Feed,
    /// A page of a site that links to its articles, for a site without a feed.
    Section,
}

impl Kind {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_feed(&self) -> bool {
        *self == Self::Feed
    }
}

/// Where the text of an article is taken from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FullText {
    /// From the feed where it carries the whole article, else from the page.
    #[default]
    Auto,
    /// From the feed, always: no page is fetched.
    Feed,
    /// From the page, always.
    Page,
}

impl FullText {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_auto(&self) -> bool {
        *self == Self::Auto
    }
}

/// Settings that make no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct SettingsError(pub(crate) String);

impl SourceSettings {
    /// Reads settings.
    ///
    /// # Errors
    /// A key that there is not, or a value that cannot be used.
    pub(crate) fn from_json(text: &str) -> Result<Self, SettingsError> {
        let settings: Self =
            serde_json::from_str(text).map_err(|e| SettingsError(e.to_string()))?;
        if let Some(tag) = &settings.language {
            language(tag).map_err(SettingsError)?;
        }
        Ok(settings)
    }

    /// As the database holds them: nothing where all are the default.
    pub(crate) fn to_json(&self) -> Option<String> {
        if *self == Self::default() {
            return None;
        }
        serde_json::to_string(self).ok()
    }

    /// What of them decides about content, and nothing that opens the source, leads to it or
    /// only shows it.
    pub(crate) fn of_content(&self) -> Self {
        Self {
            tags: self.tags.clone(),
            language: self.language.clone(),
            zone: self.zone.clone(),
            full_text: self.full_text,
            only_language: self.only_language.clone(),
            keep: self.keep.clone(),
            drop: self.drop.clone(),
            ..Self::default()
        }
    }

    /// The settings of a row; the default where there are none or they cannot be read.
    pub(crate) fn stored(text: Option<&str>) -> Self {
        text.and_then(|text| Self::from_json(text).ok()).unwrap_or_default()
    }
}

/// A language tag as people type it, in the form of BCP 47.
///
/// # Errors
/// What to write.
pub(crate) fn language(text: &str) -> Result<String, String> {
    let mut parts = text.split('-');
    let primary = parts.next().unwrap_or_default();
    let is_primary =
        (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_alphabetic());
    let is_part =
        |p: &str| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_primary && parts.all(is_part) {
        Ok(text.to_owned())
    } else {
        Err(format!("'{text}' is not a language; write a BCP 47 tag such as de or pt-BR"))
    }
}

/// A time zone by its IANA name, or an offset from UTC.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// The rules of it.
    pub(crate) fn time_zone(&self) -> TimeZone {
        self.zone.clone()
    }
}

impl FromStr for Zone {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, SettingsError> {
        let zone = offset(text).or_else(|| TimeZone::get(text).ok());
        let zone = zone.ok_or_else(|| {
            SettingsError(format!(
                "'{text}' is not a time zone; write a name such as Europe/Berlin, or +02:00"
            ))
        })?;
        Ok(Self { name: text.to_owned(), zone })
    }
}

/// `+02:00` and the like.
fn offset(text: &str) -> Option<TimeZone> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let number = |digits: &str, below: i32| {
        let number = digits.parse::<i32>().ok().filter(|n| (0..below).contains(n));
        number.filter(|_| digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    let seconds = number(hours, 15)? * 3600 + number(minutes, 60)? * 60;
    Some(TimeZone::fixed(Offset::from_seconds(sign * seconds).ok()?))
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

super::text_form!(Zone);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_only_what_was_decided_is_written() {
        assert_eq!(SourceSettings::default().to_json(), None);
        let settings = SourceSettings {
            tags: vec!["europe".into()],
            kind: Kind::Section,
            interval: Some("30m".parse().unwrap()),
            language: Some("pt-BR".into()),
            only_language: Some("pt".into()),
            zone: Some("America/Sao_Paulo".parse().unwrap()),
            full_text: FullText::Page,
            headers: [("X-Key".to_owned(), "env:KEY".parse().unwrap())].into(),
            credential: Some("basic:me:file:/run/pw".parse().unwrap()),
            proxy: Some("socks5://127.0.0.1:9050".parse().unwrap()),
            keep: vec!["title:election".parse().unwrap()],
            drop: vec!["url:/sport\\/\\d+/".parse().unwrap()],
            outline: Some(Outline { places: vec![vec!["a".into()]], ..Outline::default() }),
        };
        let json = settings.to_json().unwrap();
        assert_eq!(SourceSettings::from_json(&json).unwrap(), settings);
        assert!(!json.contains("null"), "{json}");
        let told = settings.of_content().to_json().unwrap();
        for secret in ["X-Key", "env:", "basic:", "/run/pw", "socks5"] {
            assert!(json.contains(secret) && !told.contains(secret), "{told}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_the_remedy() {
        for (json, part) in [
            (r#"{"intervall":"1h"}"#, "unknown field `intervall`"),
            (r#"{"interval":"soon"}"#, "'soon' is not a duration"),
            (r#"{"zone":"Europe/Berlim"}"#, "write a name such as Europe/Berlin"),
            (r#"{"language":"german!"}"#, "write a BCP 47 tag"),
            (r#"{"full_text":"both"}"#, "unknown variant"),
            (r#"{"headers":{"X-Key":"hunter2"}}"#, "write env:NAME"),
            (r#"{"keep":["sport"]}"#, "write title:, url: or text:"),
            (r#"{"drop":["title:/(/"]}"#, "not a regular expression"),
            (r#"{"proxy":"http://me:hunter2@proxy.example"}"#, "write env:NAME"),
        ] {
            let error = SourceSettings::from_json(json).unwrap_err().to_string();
            assert!(error.contains(part), "{json}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn zones_have_names_or_offsets() {
        let at: jiff::Timestamp = "2026-07-01T12:00:00Z".parse().unwrap();
        for (text, hour) in [("Europe/Berlin", 14), ("+05:30", 17), ("-03:00", 9), ("UTC", 12)] {
            let zone: Zone = text.parse().unwrap();
            assert_eq!(at.to_zoned(zone.time_zone()).hour(), hour, "{text}");
            assert_eq!(zone.to_string(), text);
        }
        for text in ["", "+2", "+25:00", "Berlin", "+0x:00"] {
            assert!(text.parse::<Zone>().is_err(), "{text}");
        }
    }
}
