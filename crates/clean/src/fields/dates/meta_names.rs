//! The names under which `meta` elements state dates: those in use, with their worth, and what
//! the words of any other name say.

use super::About;

/// Names of meta elements that state the publication, and how much they are worth.
const PUBLISHED: [(&str, f32); 46] = [
    ("article:published_time", 0.95),
    ("og:article:published_time", 0.95),
    ("og:published_time", 0.9),
    ("article:published", 0.9),
    ("article.published", 0.9),
    ("datepublished", 0.9),
    ("parsely-pub-date", 0.9),
    ("cxenseparse:recs:publishtime", 0.9),
    ("cxenseparse:publishtime", 0.9),
    ("pubdate", 0.85),
    ("publishdate", 0.85),
    ("publish_date", 0.85),
    ("publish-date", 0.85),
    ("publisheddate", 0.85),
    ("published_date", 0.85),
    ("published_time", 0.85),
    ("published_at", 0.85),
    ("publish_time", 0.85),
    ("og:publish_date", 0.85),
    ("og:pubdate", 0.85),
    ("article_date_original", 0.85),
    ("originalpublicationdate", 0.85),
    ("rnews:datepublished", 0.85),
    ("mediator_published_time", 0.85),
    ("article:first_published_time", 0.85),
    ("shareaholic:article_published_time", 0.85),
    ("citation_publication_date", 0.8),
    ("citation_online_date", 0.8),
    ("citation_date", 0.8),
    ("dc.date.issued", 0.85),
    ("dcterms.issued", 0.85),
    ("dc.issued", 0.85),
    ("prism.publicationdate", 0.8),
    ("sailthru.date", 0.75),
    ("ptime", 0.7),
    ("pdate", 0.7),
    ("published", 0.7),
    ("release_date", 0.7),
    ("date-pub", 0.7),
    ("dcterms.created", 0.65),
    ("dc.date.created", 0.65),
    ("article.created", 0.6),
    ("date", 0.6),
    ("dc.date", 0.6),
    ("dcterms.date", 0.6),
    ("created", 0.5),
];

/// Names of meta elements that state the last change.
const UPDATED: [&str; 16] = [
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "article:updated_time",
    "article.updated",
    "datemodified",
    "last-modified",
    "lastmod",
    "dcterms.modified",
    "dc.date.modified",
    "article_date_updated",
    "lastmodifieddate",
    "updated",
    "modified",
    "shareaholic:article_modified_time",
    "revision_date",
];

/// Words in the names that papers and their systems make up for the publication.
const OF_PUBLICATION: [&str; 12] = [
    "publi", "pubdate", "pubtime", "issued", "posted", "released", "creat", "fecha", "datum",
    "tanggal", "display", "regdate",
];
/// Words in the names of changes.
const OF_CHANGE: [&str; 6] = ["modif", "updat", "changed", "revis", "edited", "lastmod"];
/// Words in the names of dates of something else.
const OF_OTHERS: [&str; 14] = [
    "expir", "valid", "event", "start", "end", "until", "unpub", "crawl", "birth", "review",
    "embargo", "cache", "build", "format",
];

/// What a date under this name (in lower case) is about, and how much it is worth.
pub(super) fn about(name: &str) -> Option<(About, f32)> {
    if let Some((_, worth)) = PUBLISHED.iter().find(|(known, _)| *known == name) {
        return Some((About::Published, *worth));
    }
    if UPDATED.contains(&name) {
        return Some((About::Updated, 0.8));
    }
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let dated = has(&["date", "time", "fecha", "datum", "tanggal", "issued", "published"]);
    if !dated || has(&OF_OTHERS) {
        return None;
    }
    if has(&OF_CHANGE) {
        return Some((About::Updated, 0.6));
    }
    Some((About::Published, if has(&OF_PUBLICATION) { 0.7 } else { 0.45 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_nobody_listed_are_read_by_their_words() {
        let is = |name| about(name).map(|(about, _)| about);
        for name in
            ["published-date", "article:publicationdate", "rbpubdate", "news_date", "timestamp"]
        {
            assert_eq!(is(name), Some(About::Published), "{name}");
        }
        for name in ["article:post_modified_date", "bt:updatetime", "last_updated_date"] {
            assert_eq!(is(name), Some(About::Updated), "{name}");
        }
        for name in ["expirydate", "event:start_time", "viewport", "og:title", "build-time"] {
            assert_eq!(is(name), None, "{name}");
        }
    }
}
