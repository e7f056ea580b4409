//! What an element is for, read from the words of its `class` and `id`.
//!
//! One pass over the attribute; words are split at everything that is not a letter and where
//! a capital follows a small letter (`entry-meta__authorName` is entry, meta, author, name).

/// A set of roles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Roles(u16);

impl Roles {
    /// Names the authors.
    pub(crate) const AUTHOR: Self = Self(1);
    /// Shows a date.
    pub(crate) const DATE: Self = Self(2);
    /// Shows the date of a change.
    pub(crate) const UPDATED: Self = Self(4);
    /// The line of facts about an article: date, byline, section.
    pub(crate) const META: Self = Self(8);
    /// A headline.
    pub(crate) const HEADLINE: Self = Self(16);
    /// Furniture around the article.
    pub(crate) const ASIDE: Self = Self(32);
    /// About a person: a portrait, a biography.
    pub(crate) const BIO: Self = Self(64);
    /// Another article's teaser or a reader's comment.
    pub(crate) const OTHER: Self = Self(128);
    /// The wall in front of a paid article.
    pub(crate) const PAYWALL: Self = Self(256);
    /// The site's masthead.
    pub(crate) const MASTHEAD: Self = Self(512);
    /// A caption or a credit.
    pub(crate) const CREDIT: Self = Self(1024);
    /// A reader's comment.
    pub(crate) const COMMENT: Self = Self(2048);
    /// Shows the date of the publication.
    pub(crate) const PUBLISHED: Self = Self(4096);

    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Bytes of an attribute looked at: utility classes make some of them endless.
const MAX_BYTES: usize = 120;
/// Longest word of the table.
const MAX_WORD: usize = 14;

/// The roles that the words of `attribute` tell of.
pub(crate) fn of(attribute: &str) -> Roles {
    let mut roles = Roles::default();
    let mut word = [0_u8; MAX_WORD];
    let mut length = 0;
    let mut small = false;
    for byte in attribute.bytes().take(MAX_BYTES).chain([b' ']) {
        let breaks = !byte.is_ascii_alphabetic() || (small && byte.is_ascii_uppercase());
        if breaks && length > 0 {
            roles = roles.with(word.get(..length).map_or(Roles::default(), role_of));
            length = 0;
        }
        if byte.is_ascii_alphabetic() {
            match word.get_mut(length) {
                Some(slot) => *slot = byte.to_ascii_lowercase(),
                None => word = [0; MAX_WORD], // longer than any word of the table: matches none
            }
            length = (length + 1).min(MAX_WORD);
        }
        small = byte.is_ascii_lowercase();
    }
    if roles.has(Roles::UPDATED) && roles.has(Roles::DATE) && is_of_an_entry(attribute) {
        return roles.with(Roles::PUBLISHED);
    }
    roles
}

/// The roles of attributes that were read before: most elements of a page repeat another's.
#[derive(Debug)]
pub(crate) struct Memo<'a>(Vec<(&'a str, Roles)>);

impl Default for Memo<'_> {
    fn default() -> Self {
        Self(vec![("", Roles::default()); SLOTS])
    }
}

/// Places of the memo: an attribute has one, the last one there stays.
const SLOTS: usize = 128;

impl<'a> Memo<'a> {
    /// As [`of`].
    pub(crate) fn of(&mut self, attribute: &'a str) -> Roles {
        let bytes = attribute.as_bytes();
        let end = bytes.iter().rev().take(4).fold(0, |sum: usize, b| sum * 31 + usize::from(*b));
        let start = bytes.iter().take(4).fold(end, |sum, b| sum * 31 + usize::from(*b));
        let Some(slot) = self.0.get_mut((start + bytes.len()) % SLOTS) else {
            return of(attribute);
        };
        if slot.0 != attribute {
            *slot = (attribute, of(attribute));
        }
        slot.1
    }
}

/// Microformats call the one date of an entry `updated`: the word stands by itself, beside
/// another that says it is a date (`entry-date updated`).
fn is_of_an_entry(attribute: &str) -> bool {
    let mut words = attribute.split_ascii_whitespace().take(12);
    let dated = |word: &str| word.len() < 40 && of(word).has(Roles::DATE);
    words.clone().any(|w| w == "updated") && words.any(|w| w != "updated" && dated(w))
}

fn role_of(word: &[u8]) -> Roles {
    match word {
        b"author" | b"authors" | b"byline" | b"bylines" | b"autor" | b"autore" | b"auteur"
        | b"autoren" | b"autores" | b"writer" | b"writers" | b"authorname" | b"postauthor"
        | b"contributor" | b"contributors" | b"reporter" | b"journalist" | b"redacteur"
        | b"verfasser" | b"forfatter" | b"skribent" | b"creator" | b"firma" | b"signature"
        | b"penulis" | b"yazar" | b"bylineauthor" | b"articleauthor" => Roles::AUTHOR,
        b"published" | b"publish" | b"posted" | b"pubdate" | b"pubtime" | b"publishdate"
        | b"publicacion" | b"datepublished" | b"postedon" | b"publishedon" | b"publication" => {
            Roles::DATE.with(Roles::PUBLISHED)
        }
        b"date" | b"time" | b"timestamp" | b"datetime" | b"postdate" | b"dateline" | b"datum"
        | b"fecha" | b"created" | b"articledate" | b"tanggal" | b"tarih" | b"dato" | b"release"
        | b"day" | b"when" | b"newsdate" | b"entrydate" | b"hora" | b"uhrzeit" | b"datestamp" => {
            Roles::DATE
        }
        b"updated" | b"modified" | b"lastmodified" | b"update" | b"lastupdate"
        | b"datemodified" | b"lastupdated" => Roles::UPDATED,
        b"meta" | b"info" | b"postmeta" | b"entrymeta" | b"details" | b"metadata" | b"infos"
        | b"articleinfo" | b"postinfo" | b"submitted" | b"source" => Roles::META,
        b"headline" | b"title" | b"heading" | b"titulo" | b"titre" | b"posttitle" | b"hed"
        | b"articletitle" | b"entrytitle" => Roles::HEADLINE,
        b"sidebar" | b"footer" | b"nav" | b"navigation" | b"menu" | b"widget" | b"newsletter"
        | b"copyright" | b"breadcrumb" | b"breadcrumbs" | b"ticker" | b"calendar" | b"banner"
        | b"cookie" | b"cookies" | b"consent" | b"popup" | b"modal" | b"promo" | b"event"
        | b"events" | b"weather" => Roles::ASIDE,
        b"comment" | b"comments" | b"disqus" | b"reply" => Roles::OTHER.with(Roles::COMMENT),
        b"related" | b"recommended" | b"recommend" | b"teaser" | b"teasers" | b"trending"
        | b"popular" | b"mostread" | b"latest" | b"recent" | b"more" | b"card" | b"cards"
        | b"carousel" | b"recirc" | b"similar" | b"tweet" | b"quote" | b"blockquote" | b"feed"
        | b"list" => Roles::OTHER,
        b"bio" | b"biography" | b"profile" | b"avatar" | b"aboutauthor" | b"job" | b"role"
        | b"position" | b"jobtitle" => Roles::BIO,
        b"paywall" | b"paywalled" | b"regwall" | b"piano" | b"subscriber" => Roles::PAYWALL,
        b"masthead" | b"logo" | b"brand" | b"sitename" | b"sitetitle" => Roles::MASTHEAD,
        b"caption" | b"credit" | b"credits" | b"photo" | b"figcaption" | b"photographer" => {
            Roles::CREDIT
        }
        _ => Roles::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memo_forgets_and_is_never_wrong() {
        let mut memo = Memo::default();
        for round in 0..3 {
            for n in 0..400 {
                let class: &str = ["byline", "posted-on", "x", ""][n % 4];
                let class = Box::leak(format!("{class} {n}").into_boxed_str());
                assert_eq!(memo.of(class), of(class), "{round}");
            }
        }
    }

    #[test]
    fn words_are_split_at_marks_and_capitals() {
        assert!(of("entry-meta__author--small").has(Roles::AUTHOR));
        assert!(of("ArticleHeader_bylineName__x81").has(Roles::AUTHOR));
        assert!(of("posted-on").has(Roles::DATE));
        assert!(of("lastModified").has(Roles::UPDATED));
        let entry = of("entry-date updated module-date");
        assert!(entry.has(Roles::UPDATED) && entry.has(Roles::PUBLISHED));
        assert!(!of("date-modified").has(Roles::PUBLISHED));
        assert!(of("entry-date published").has(Roles::PUBLISHED));
        assert_eq!(of("authority updatedness candidate"), Roles::default());
        assert_eq!(of("abcdefghijklmnopqrstuvwxyz"), Roles::default());
    }
}
