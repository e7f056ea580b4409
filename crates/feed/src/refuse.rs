//! What to say of a text that is no feed.

use record::{Reason, ReasonKind};

use crate::Hints;
use crate::discover::discover;
use crate::sniff::Nature;

/// Most text of a page that is searched for the feeds that it advertises, in bytes.
const PAGE_WINDOW: usize = 512 * 1024;

/// The reason: what the text is, and what to do.
pub(crate) fn refuse(nature: Nature, text: &str, hints: &Hints<'_>) -> Reason {
    let detail = match nature {
        Nature::Empty => return Reason::of(ReasonKind::Empty),
        Nature::Html => page(text, hints),
        Nature::Opml => "the answer is an opml list of feeds; import it with \
            'newsluice feed import FILE'"
            .to_owned(),
        Nature::Sitemap => "the answer is a sitemap; give it to 'newsluice backfill'".to_owned(),
        Nature::Binary => "the answer is binary data, not text; check the address".to_owned(),
        Nature::OtherXml | Nature::Xml(_) => {
            "the answer is xml of another kind; check the address".to_owned()
        }
        Nature::Json | Nature::Text => "the answer is plain text; check the address".to_owned(),
    };
    Reason::new(ReasonKind::NotAFeed, detail)
}

fn page(text: &str, hints: &Hints<'_>) -> String {
    let end = text.floor_char_boundary(PAGE_WINDOW.min(text.len()));
    let base = hints.url.unwrap_or_default();
    let advertised = discover(text.get(..end).unwrap_or_default(), base);
    match advertised.iter().find(|candidate| candidate.is_advertised()) {
        Some(feed) => format!("the answer is an html page that advertises the feed {}", feed.url),
        None if base.is_empty() => {
            "the answer is an html page; try 'newsluice feed discover URL'".to_owned()
        }
        None => format!("the answer is an html page; try 'newsluice feed discover {base}'"),
    }
}
