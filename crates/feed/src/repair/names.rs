//! Which element means what.

use crate::problem::{ProblemKind, Problems};

/// The vocabularies that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// RSS of any version, Atom of any version, CDF, and elements without a namespace.
    Core,
    /// Atom inside another format.
    Atom,
    /// RSS content module.
    Content,
    /// Dublin Core, elements and terms.
    Dublin,
    /// Media RSS.
    Media,
    /// iTunes and Google Play.
    Podcast,
    /// RSS syndication module.
    Syndication,
    /// RFC 5005.
    History,
    /// XHTML.
    Xhtml,
    /// RDF itself.
    Rdf,
    /// PRISM.
    Prism,
    /// Any other.
    Other,
}

/// The usual prefixes, for documents that do not declare them.
const PREFIXES: &[(&str, Space)] = &[
    ("atom", Space::Atom),
    ("atom10", Space::Atom),
    ("atom03", Space::Atom),
    ("a10", Space::Atom),
    ("a", Space::Atom),
    ("content", Space::Content),
    ("dc", Space::Dublin),
    ("dcterms", Space::Dublin),
    ("dct", Space::Dublin),
    ("media", Space::Media),
    ("mrss", Space::Media),
    ("itunes", Space::Podcast),
    ("googleplay", Space::Podcast),
    ("sy", Space::Syndication),
    ("fh", Space::History),
    ("history", Space::History),
    ("xhtml", Space::Xhtml),
    ("rdf", Space::Rdf),
    ("prism", Space::Prism),
    ("rss", Space::Core),
    ("rss1", Space::Core),
];

/// What a namespace's URI holds, wherever in it, in lower case; the first hit counts. The
/// second word is the spelling of the standard where there is one.
const URIS: &[(&str, Space, &str)] = &[
    (
        "purl.org/rss/1.0/modules/content",
        Space::Content,
        "http://purl.org/rss/1.0/modules/content/",
    ),
    (
        "purl.org/rss/1.0/modules/syndication",
        Space::Syndication,
        "http://purl.org/rss/1.0/modules/syndication/",
    ),
    ("purl.org/rss/1.0/modules/dc", Space::Dublin, ""),
    ("purl.org/rss/1.0/modules", Space::Other, ""),
    ("purl.org/dc/elements", Space::Dublin, "http://purl.org/dc/elements/1.1/"),
    ("purl.org/dc/terms", Space::Dublin, "http://purl.org/dc/terms/"),
    ("purl.org/dc/dcmitype", Space::Other, ""),
    ("prismstandard.org/namespaces", Space::Prism, ""),
    ("purl.org/syndication/history", Space::History, "http://purl.org/syndication/history/1.0"),
    ("purl.org/syndication/thread", Space::Other, ""),
    ("purl.org/rss/1.0", Space::Core, "http://purl.org/rss/1.0/"),
    ("purl.org/net/rss1.1", Space::Core, ""),
    ("purl.org/atom/app", Space::Other, ""),
    ("purl.org/atom/ns", Space::Atom, ""),
    ("w3.org/2005/atom", Space::Atom, "http://www.w3.org/2005/Atom"),
    ("search.yahoo.com/mrss", Space::Media, "http://search.yahoo.com/mrss/"),
    ("yahoo.com/mrss", Space::Media, ""),
    ("itunes.com/dtds/podcast", Space::Podcast, "http://www.itunes.com/dtds/podcast-1.0.dtd"),
    ("google.com/schemas/play-podcasts", Space::Podcast, ""),
    ("w3.org/1999/xhtml", Space::Xhtml, "http://www.w3.org/1999/xhtml"),
    ("22-rdf-syntax-ns", Space::Rdf, "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("my.netscape.com/rdf", Space::Core, ""),
    ("channel.netscape.com/rdf", Space::Core, ""),
    ("backend.userland.com", Space::Core, ""),
    ("blogs.law.harvard.edu/tech/rss", Space::Core, ""),
    ("rssboard.org", Space::Core, ""),
];

/// Most prefixes kept; real feeds have under twenty.
const MOST_PREFIXES: usize = 64;

/// The prefixes that a document declares. One table for the whole document: feeds do not
/// declare one prefix twice with two meanings.
#[derive(Debug, Default)]
pub(super) struct Spaces<'a> {
    declared: Vec<(&'a str, Space)>,
}

impl<'a> Spaces<'a> {
    /// Notes an `xmlns:prefix="uri"`.
    pub(super) fn declare(&mut self, prefix: &'a str, uri: &str, problems: &mut Problems) {
        let space = space_of(uri, problems).unwrap_or(Space::Other);
        let is_full = self.declared.len() >= MOST_PREFIXES;
        match self.declared.iter_mut().find(|(p, _)| *p == prefix) {
            Some(known) => known.1 = space,
            None if !is_full => self.declared.push((prefix, space)),
            None => {}
        }
    }

    /// The space of `prefix`: declared, else the usual one.
    pub(super) fn of(&self, prefix: &str, problems: &mut Problems) -> Space {
        if let Some((_, space)) = self.declared.iter().find(|(p, _)| *p == prefix) {
            return *space;
        }
        match usual(prefix) {
            Some(space) => {
                problems.note(ProblemKind::UndeclaredPrefix);
                space
            }
            None => Space::Other,
        }
    }

    /// As [`Self::of`], without a note: for looking ahead.
    pub(super) fn peek(&self, prefix: &str) -> Space {
        let declared = self.declared.iter().find(|(p, _)| *p == prefix).map(|(_, space)| *space);
        declared.or_else(|| usual(prefix)).unwrap_or(Space::Other)
    }
}

fn usual(prefix: &str) -> Option<Space> {
    PREFIXES.iter().find(|(p, _)| p.eq_ignore_ascii_case(prefix)).map(|(_, space)| *space)
}

/// The space that a namespace's URI means.
pub(super) fn space_of(uri: &str, problems: &mut Problems) -> Option<Space> {
    let uri = uri.trim();
    let is_exact = |exact: &str| !exact.is_empty() && exact == uri;
    if let Some((_, space, _)) = URIS.iter().find(|(_, _, exact)| is_exact(exact)) {
        return Some(*space);
    }
    let lower = uri.to_ascii_lowercase();
    let (_, space, _) = URIS.iter().find(|(part, _, _)| lower.contains(part))?;
    if !matches!(space, Space::Other | Space::Prism) {
        problems.note(ProblemKind::OddNamespace);
    }
    Some(*space)
}

/// What an element is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// `rss`, `feed`, `rdf:RDF`.
    Root,
    /// `channel`.
    Channel,
    /// `item` or `entry`.
    Entry,
    /// Its children count as if it were not there.
    Transparent,
    /// A field, with how much it counts: 0 is the format's own.
    Field(Field, u8),
    /// Nothing of it counts, nor of its children.
    Ignored,
}

/// The fields that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Link,
    Id,
    Summary,
    Content,
    Published,
    Updated,
    Author,
    Category,
    Enclosure,
    Language,
    Ttl,
    SkipHours,
    SkipDays,
    UpdatePeriod,
    UpdateFrequency,
    Complete,
    Archive,
}

impl Field {
    /// Does the field hold a document's text, where other fields' names may be HTML?
    pub(super) const fn is_long(self) -> bool {
        matches!(self, Self::Summary | Self::Content)
    }
}

/// Longest local name that means anything.
const LONGEST_LOCAL: usize = 24;

/// The role of the element with this space and local name (any case).
pub(super) fn role(space: Space, local: &str) -> Role {
    let mut buffer = [0; LONGEST_LOCAL];
    let Some(lower) = buffer.get_mut(..local.len()) else { return Role::Ignored };
    lower.copy_from_slice(local.as_bytes());
    lower.make_ascii_lowercase();
    let Ok(local) = std::str::from_utf8(lower) else { return Role::Ignored };
    match space {
        Space::Core | Space::Atom => core(local),
        Space::Content if local == "encoded" => Role::Field(Field::Content, 0),
        Space::Dublin => dublin(local),
        Space::Media => media(local),
        Space::Podcast => podcast(local),
        Space::Syndication if local == "updateperiod" => Role::Field(Field::UpdatePeriod, 0),
        Space::Syndication if local == "updatefrequency" => Role::Field(Field::UpdateFrequency, 0),
        Space::History if local == "complete" => Role::Field(Field::Complete, 0),
        Space::History if local == "archive" => Role::Field(Field::Archive, 0),
        Space::Xhtml if matches!(local, "body" | "div") => Role::Field(Field::Content, 2),
        Space::Rdf if local == "rdf" => Role::Root,
        Space::Rdf if local == "li" => Role::Transparent,
        Space::Prism => prism(local),
        _ => Role::Ignored,
    }
}

fn core(local: &str) -> Role {
    let (field, rank) = match local {
        "rss" | "feed" | "rdf" => return Role::Root,
        "channel" => return Role::Channel,
        "item" | "entry" => return Role::Entry,
        "items" | "entries" | "seq" => return Role::Transparent,
        "title" => (Field::Title, 0),
        "link" => (Field::Link, 0),
        "guid" | "id" => (Field::Id, 0),
        "description" | "subtitle" | "tagline" => (Field::Summary, 0),
        "summary" | "abstract" => (Field::Summary, 1),
        "content" | "fulltext" | "fullitem" | "content_encoded" => (Field::Content, 0),
        "body" => (Field::Content, 2),
        "pubdate" | "published" => (Field::Published, 0),
        "issued" => (Field::Published, 1),
        "date" | "created" => (Field::Published, 3),
        "updated" | "modified" | "lastbuilddate" => (Field::Updated, 0),
        "author" | "contributor" => (Field::Author, u8::from(local == "contributor")),
        "creator" | "managingeditor" => (Field::Author, 1),
        "category" => (Field::Category, 0),
        "enclosure" => (Field::Enclosure, 0),
        "language" => (Field::Language, 0),
        "ttl" => (Field::Ttl, 0),
        "skiphours" => (Field::SkipHours, 0),
        "skipdays" => (Field::SkipDays, 0),
        _ => return Role::Ignored,
    };
    Role::Field(field, rank)
}

fn dublin(local: &str) -> Role {
    let (field, rank) = match local {
        "title" => (Field::Title, 1),
        "creator" => (Field::Author, 0),
        "author" => (Field::Author, 1),
        "date" => (Field::Published, 2),
        "issued" | "available" => (Field::Published, 1),
        "created" => (Field::Published, 3),
        "modified" => (Field::Updated, 1),
        "subject" => (Field::Category, 0),
        "language" => (Field::Language, 1),
        "description" | "abstract" => (Field::Summary, 1),
        "identifier" => (Field::Id, 2),
        _ => return Role::Ignored,
    };
    Role::Field(field, rank)
}

fn media(local: &str) -> Role {
    let (field, rank) = match local {
        "group" => return Role::Transparent,
        "content" | "thumbnail" => (Field::Enclosure, 1),
        "player" => (Field::Enclosure, 2),
        "title" => (Field::Title, 2),
        "description" => (Field::Summary, 3),
        "keywords" => (Field::Category, 1),
        _ => return Role::Ignored,
    };
    Role::Field(field, rank)
}

fn podcast(local: &str) -> Role {
    let (field, rank) = match local {
        "title" => (Field::Title, 3),
        "author" => (Field::Author, 2),
        "summary" | "description" => (Field::Summary, 2),
        "subtitle" => (Field::Summary, 4),
        "keywords" => (Field::Category, 1),
        "image" => (Field::Enclosure, 3),
        "category" => (Field::Category, 0),
        _ => return Role::Ignored,
    };
    Role::Field(field, rank)
}

fn prism(local: &str) -> Role {
    match local {
        "publicationdate" => Role::Field(Field::Published, 1),
        _ => Role::Ignored,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_namespace_are_one() {
        for (uri, space) in [
            ("https://www.w3.org/2005/Atom", Space::Atom),
            ("http://purl.org/atom/ns#", Space::Atom),
            ("http://search.yahoo.com/mrss", Space::Media),
            ("http://backend.userland.com/rss2", Space::Core),
            ("HTTP://www.iTunes.com/DTDs/Podcast-1.0.dtd", Space::Podcast),
        ] {
            assert_eq!(space_of(uri, &mut Problems::default()), Some(space), "{uri}");
        }
    }

    #[test]
    fn names_are_read_in_any_case() {
        assert_eq!(role(Space::Core, "PubDate"), Role::Field(Field::Published, 0));
        assert_eq!(role(Space::Core, "nosuch"), Role::Ignored);
        assert_eq!(role(Space::Media, "title"), Role::Field(Field::Title, 2));
        assert_eq!(role(Space::Core, &"x".repeat(200)), Role::Ignored);
    }
}
