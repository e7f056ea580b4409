//! What was typed about a source, into its settings.

use crate::cli::{Clear, SourceOptions};
use crate::source::SourceSettings;

/// Takes over what was given; words and rules are added to those there are.
pub(super) fn take_over(options: &SourceOptions, settings: &mut SourceSettings) {
    let SourceOptions {
        tags,
        kind,
        interval,
        lang,
        zone,
        full_text,
        headers,
        credential,
        proxy,
        keep,
        drop,
    } = options;
    add(&mut settings.tags, tags);
    add(&mut settings.keep, keep);
    add(&mut settings.drop, drop);
    settings.headers.extend(headers.iter().cloned());
    settings.kind = kind.unwrap_or(settings.kind);
    settings.interval = interval.or(settings.interval);
    settings.full_text = full_text.unwrap_or(settings.full_text);
    settings.language = lang.clone().or(settings.language.take());
    settings.zone = zone.clone().or(settings.zone.take());
    settings.credential = credential.clone().or(settings.credential.take());
    settings.proxy = proxy.clone().or(settings.proxy.take());
}

fn add<T: Clone + PartialEq>(all: &mut Vec<T>, new: &[T]) {
    for item in new {
        if !all.contains(item) {
            all.push(item.clone());
        }
    }
}

/// Forgets what is named.
pub(super) fn clear(what: Clear, settings: &mut SourceSettings) {
    match what {
        Clear::Tags => settings.tags.clear(),
        Clear::Interval => settings.interval = None,
        Clear::Lang => settings.language = None,
        Clear::Zone => settings.zone = None,
        Clear::Headers => settings.headers.clear(),
        Clear::Credential => settings.credential = None,
        Clear::Proxy => settings.proxy = None,
        Clear::Filters => {
            settings.keep.clear();
            settings.drop.clear();
        }
    }
}
