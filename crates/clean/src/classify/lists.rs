//! Pages of links, pictures or films.

use record::ReasonKind;

use super::{Case, Finding};

/// Words of a body from which a page with a list-like address is read as an article.
const PROSE: usize = 250;

/// Front pages, section lists, tag and search pages.
pub(super) fn list(case: &Case<'_>) -> Option<Finding> {
    if case.is_declared() && case.words >= 60 {
        return None;
    }
    let front = is_front(case);
    let tagged = is_tag_path(&case.path);
    let sectional = is_section_path(&case.path);
    let declared = case.has_kind(&["CollectionPage", "SearchResultsPage", "ItemList"])
        || case.has_kind(&["og:website", "og:object", "og:profile", "ProfilePage"]);
    let score =
        likeness(case) + i32::from(declared) - 2 * i32::from(case.has_kind(&["og:article"]));
    let (kind, needed) = if front {
        (ReasonKind::FrontPage, 2)
    } else if tagged {
        (ReasonKind::TagPage, 2)
    } else if sectional {
        (ReasonKind::SectionList, 3)
    } else {
        (ReasonKind::SectionList, 5)
    };
    let headings = case.traits.linked_headings;
    let why =
        format!("{headings} linked headings, {} links, {} words", case.traits.links, case.words);
    (score >= needed).then_some((kind, why))
}

/// How much the page is made of links to articles rather than of an article: -3 to 6.
fn likeness(case: &Case<'_>) -> i32 {
    let traits = case.traits;
    let share = f64::from(traits.linked_text) / f64::from(traits.text.max(1));
    let headed = f64::from(traits.linked_headings) / f64::from(traits.headings.max(1));
    let mut score = 0;
    score += i32::from(traits.linked_headings >= 8) + i32::from(traits.linked_headings >= 20);
    score += i32::from(headed > 0.6 && traits.linked_headings >= 5);
    score += i32::from(share > 0.5) + i32::from(share > 0.7);
    score += i32::from(case.likely < 120) + i32::from(case.likely < 40);
    score -= 2 * i32::from(case.likely >= PROSE) + 2 * i32::from(case.likely >= 2 * PROSE);
    score -= i32::from(case.fields.has_article_node);
    score -= i32::from(traits.paragraphs >= 8 && case.prose() > 4000);
    score
}

fn is_front(case: &Case<'_>) -> bool {
    matches!(case.path.as_str(), "" | "/index.html" | "/index.htm" | "/index.php" | "/home")
        && !case.host.is_empty()
}

/// Addresses of tag, topic, author and search pages.
fn is_tag_path(path: &str) -> bool {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let names = [
        "tag",
        "tags",
        "topic",
        "topics",
        "thema",
        "themen",
        "schlagwort",
        "search",
        "suche",
        "recherche",
        "buscar",
        "etiqueta",
        "etiquetas",
        "tema",
        "temas",
        "author",
        "authors",
        "autor",
        "auteur",
        "keyword",
        "keywords",
        "label",
        "argomento",
        "argomenti",
        "dossier",
        "teg",
        "sujet",
        "mot-cle",
        "busca",
        "zoeken",
        "szukaj",
        "etiket",
    ];
    let mut segments = path.split('/').filter(|s| !s.is_empty());
    let listed = segments.any(|s| names.contains(&s));
    // What follows is a name, not a slug of many words.
    let short = path.rsplit('/').next().is_some_and(|last| last.split('-').count() <= 4);
    let asked =
        query.split('&').any(|p| ["s=", "q=", "query=", "tag="].iter().any(|n| p.starts_with(n)));
    (listed && short) || asked
}

/// Addresses of sections: one or two short names, or a page number.
fn is_section_path(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or(path);
    let segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
    let names = [
        "category",
        "categories",
        "section",
        "sections",
        "rubrik",
        "ressort",
        "kategorie",
        "categoria",
        "categorie",
        "kategori",
        "archive",
        "archives",
        "archiv",
        "page",
        "blog",
        "news",
        "latest",
    ];
    let listed = segments.iter().any(|s| names.contains(s));
    let plain = |s: &&str| s.split('-').count() <= 2 && !s.bytes().any(|b| b.is_ascii_digit());
    let last = segments.last();
    let numbered = segments.iter().rev().nth(1).is_some_and(|s| *s == "page" || *s == "p")
        && last.is_some_and(|s| s.bytes().all(|b| b.is_ascii_digit()));
    let dotted = last.is_some_and(|s| s.contains('.'));
    numbered
        || (!segments.is_empty() && segments.len() <= 3 && segments.iter().all(plain) && !dotted)
        || (listed && last.is_some_and(plain))
}

/// Galleries and films without a text.
pub(super) fn media(case: &Case<'_>) -> Option<Finding> {
    if case.words >= 60 || case.traits.paragraphs >= 3 {
        return None;
    }
    let kinds = [
        "VideoObject",
        "ImageGallery",
        "MediaGallery",
        "VideoGallery",
        "og:video",
        "og:video.other",
        "og:video.movie",
        "og:video.episode",
        "og:music.song",
        "AudioObject",
        "PodcastEpisode",
    ];
    let path = [
        "/video/",
        "/videos/",
        "/gallery/",
        "/galleries/",
        "/photos/",
        "/pictures/",
        "/fotos/",
        "/bilder/",
        "/fotostrecke",
        "/bildergalerie",
        "/galeria",
        "/galerie",
        "/diaporama",
        "/watch",
        "/podcast/",
        "/audio/",
        "/slideshow/",
        "/mediathek/",
        "/photo/",
        "/live-tv",
    ]
    .iter()
    .any(|part| case.path.contains(part));
    let played = case.traits.players > 0;
    let pictured = case.traits.images >= 8;
    let declared = case.has_kind(&kinds);
    let article = case.fields.has_article_node && !declared && !path;
    let told = (declared && (played || pictured || path || case.words < 25))
        || (path && (played || pictured))
        || (played && case.words < 25 && case.traits.text > 100 && !article && case.prose() < 1500);
    told.then(|| {
        let why = format!(
            "{} players, {} pictures, {} words",
            case.traits.players, case.traits.images, case.words
        );
        (ReasonKind::MediaOnly, why)
    })
}
