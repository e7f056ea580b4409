//! One source: what its user decided about it, and what follows for its polls and pages.

/// Types that are read, written and stored as one text.
macro_rules! text_form {
    ($($name:ty),*) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
use text_form;

mod access;
mod advice;
mod checkup;
mod discovery;
mod filter;
mod health;
pub(crate) mod listing;
mod passwords;
mod settings;
pub(crate) mod words;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use record::{Reason, ReasonKind};

pub(crate) use access::{Access, Credential, Reference, Way};
pub(crate) use advice::{Advice, advise};
pub(crate) use checkup::{Checkup, Known, PAST, Yield, articles, share};
pub(crate) use discovery::{Found, discover, section};
pub(crate) use filter::{Filters, Rule, Seen};
pub(crate) use health::{Standing, sentence};
pub(crate) use passwords::Passwords;
pub(crate) use settings::{FullText, Kind, Outline, SourceSettings, Zone, language};

/// A source's settings as its polls and pages need them: patterns compiled, secrets read.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// What its address leads to.
    pub(crate) kind: Kind,
    /// In place of the feed's own rhythm.
    pub(crate) interval: Option<Duration>,
    /// What opens it, and the way to it.
    pub(crate) access: Access,
    /// What cleaning and judging its articles is to know.
    pub(crate) hints: SourceHints,
}

/// What travels with an article of the source.
#[derive(Debug, Clone, Default)]
pub(crate) struct SourceHints {
    /// Where the text of an article is taken from.
    pub(crate) full_text: FullText,
    /// The zone of times without an offset.
    pub(crate) zone: Option<TimeZone>,
    /// The language of its articles.
    pub(crate) language: Option<String>,
    /// Only articles in this language are wanted.
    pub(crate) only_language: Option<String>,
    /// Which articles are wanted.
    pub(crate) filters: Arc<Filters>,
    /// The settings that all this was made of, for who tells others of it: JSON without
    /// anything that opens the source. `None` where all are the default.
    pub(crate) told: Option<Arc<str>>,
}

impl SourceHints {
    fn of(settings: SourceSettings) -> Self {
        let told = settings.of_content().to_json().map(Arc::from);
        let filters = Filters::new(&settings.keep, &settings.drop);
        Self {
            full_text: settings.full_text,
            zone: settings.zone.map(|zone| zone.time_zone()),
            language: settings.language,
            only_language: settings.only_language,
            filters: Arc::new(filters),
            told,
        }
    }

    /// The same, where only articles in this language are wanted.
    pub(crate) fn only_in(self, language: &str) -> Self {
        let settings = SourceSettings::stored(self.told.as_deref());
        Self::of(SourceSettings { only_language: Some(language.to_owned()), ..settings })
    }

    /// Of what was [`told`](Self::told), by this process or another one.
    ///
    /// # Errors
    /// A [`ReasonKind::Settings`] that says what is not understood.
    pub(crate) fn read(told: Option<&str>) -> Result<Self, Reason> {
        let Some(told) = told else { return Ok(Self::default()) };
        let wrong = |e: settings::SettingsError| Reason::new(ReasonKind::Settings, e.to_string());
        SourceSettings::from_json(told).map(Self::of).map_err(wrong)
    }
}

/// What was made of told settings, so that patterns are compiled once and not for every page.
#[derive(Debug, Default)]
pub(crate) struct ReadHints(HashMap<String, SourceHints>);

impl ReadHints {
    /// Sources remembered at once.
    const MOST: usize = 256;

    /// As [`SourceHints::read`].
    ///
    /// # Errors
    /// The same.
    pub(crate) fn read(&mut self, told: Option<&str>) -> Result<SourceHints, Reason> {
        let Some(told) = told else { return Ok(SourceHints::default()) };
        if let Some(known) = self.0.get(told) {
            return Ok(known.clone());
        }
        if self.0.len() >= Self::MOST {
            self.0.clear();
        }
        let hints = SourceHints::read(Some(told))?;
        self.0.insert(told.to_owned(), hints.clone());
        Ok(hints)
    }
}

impl Source {
    /// Makes the stored settings of the feed at `url` ready. None stored are the default ones.
    ///
    /// # Errors
    /// A [`ReasonKind::Settings`] that says what cannot be used; never the secret itself.
    pub(crate) fn of(stored: Option<&str>, url: &str) -> Result<Self, Reason> {
        let Some(stored) = stored else { return Ok(Self::default()) };
        let wrong = |why: String| Reason::new(ReasonKind::Settings, why);
        let settings = SourceSettings::from_json(stored).map_err(|e| wrong(e.to_string()))?;
        Ok(Self {
            kind: settings.kind,
            interval: settings.interval.map(|interval| interval.0),
            access: Access::of(&settings, url).map_err(|e| wrong(e.to_string()))?,
            hints: SourceHints::of(settings),
        })
    }
}
