//! The authors: people before organisations, what is declared before what is shown.

use record::fold;

use super::evidence::{Byline, BylineKind};
use super::heads::Heads;
use super::{Case, Fields, person};

/// Most authors kept.
const MAX_AUTHORS: usize = 40;

/// Bytes between the names of authors: a comma, an "and".
const BETWEEN: u32 = 5;

/// The names that one kind of evidence gives.
struct Candidate {
    source: &'static str,
    names: Vec<String>,
    /// Said or seen to be an organisation.
    organisation: bool,
    /// Joined by "and" or its kin where they are shown.
    joined: bool,
}

/// Judges the authors: the first source that names people; else the first that names anybody.
pub(super) fn judge(case: &Case<'_>, fields: &mut Fields) {
    let mut candidates = declared(case);
    candidates.extend(shown(case, fields));
    candidates.retain(|c| !c.names.is_empty());
    let Some(first) = candidates.iter().position(|c| !c.organisation) else {
        return keep_first(candidates, fields);
    };
    let at = fuller(&candidates, first).unwrap_or(first);
    let chosen = candidates.remove(at);
    for lost in &candidates {
        fields.lose("authors", &lost.names.join("; "), lost.source);
    }
    fields.note("authors", chosen.source);
    fields.authors = chosen.names;
}

/// Only organisations are named: the first source's.
fn keep_first(candidates: Vec<Candidate>, fields: &mut Fields) {
    if let Some(first) = candidates.into_iter().next() {
        fields.note("authors", first.source);
        fields.authors = first.names;
    }
}

/// A user name: one word, in small letters or with capitals, digits or marks inside.
fn is_handle(name: &str) -> bool {
    let inner = |c: char| c.is_uppercase() || c.is_numeric() || matches!(c, '.' | '_');
    let word = !name.contains(' ') && name.is_ascii();
    word && (name.chars().skip(1).any(inner) || name.starts_with(char::is_lowercase))
}

/// A byline that names all of the declared authors and more, or the one whose user name or
/// first name was declared.
fn fuller(candidates: &[Candidate], first: usize) -> Option<usize> {
    let declared = candidates.get(first)?;
    let folds = |c: &Candidate| -> Vec<String> { c.names.iter().map(|n| fold(n)).collect() };
    let mine = folds(declared);
    let handle = declared.names.len() == 1 && declared.names.first().is_some_and(|n| is_handle(n));
    candidates.iter().enumerate().skip(first + 1).find_map(|(at, other)| {
        let theirs = folds(other);
        // With or without a title before the name.
        let same = |t: &String, m: &String| {
            t == m || t.strip_suffix(m.as_str()).is_some_and(|t| t.ends_with(' '))
        };
        let shows = |m: &String| theirs.iter().any(|t| same(t, m));
        let more = other.joined && theirs.len() > mine.len() && mine.iter().all(shows);
        let named = handle && theirs.iter().all(|t| t.split(' ').count() >= 2) && theirs.len() <= 3;
        // A declared name cut short is nobody else.
        let part = |t: &String| mine.iter().any(|m| m != t && m.contains(t.as_str()));
        let more = more && !theirs.iter().any(part);
        let seen = other.source == "byline" && (more || named);
        // Papers name all of their authors for citation, and the first alone besides.
        let cited = other.source == "citation" && theirs.len() > mine.len();
        let better = !other.organisation && (seen || cited && mine.iter().all(shows));
        (better && theirs.len() <= 12).then_some(at)
    })
}

fn candidate(
    case: &Case<'_>,
    source: &'static str,
    texts: &[&str],
    organisation: bool,
) -> Candidate {
    let mut names: Vec<String> = Vec::new();
    let mut folded: Vec<String> = Vec::new();
    for name in texts.iter().take(MAX_AUTHORS).flat_map(|t| person::names(t)) {
        let key = fold(&name);
        let known = folded.contains(&key);
        if !known && !key.is_empty() && names.len() < MAX_AUTHORS {
            names.push(name);
            folded.push(key);
        }
    }
    let site = |f: &String| is_site(f, &case.site_names);
    let all_organisations =
        names.iter().zip(&folded).all(|(n, f)| site(f) || person::is_organisation(n));
    if !all_organisations {
        // People, their paper and the agencies whose reports they used: the people.
        let mut keep = folded.iter().map(|f| !site(f) && !person::is_agency(f));
        names.retain(|_| keep.next().unwrap_or(true));
    }
    let joined = texts.iter().take(MAX_AUTHORS).any(|t| person::is_joined(t));
    Candidate { source, names, organisation: organisation || all_organisations, joined }
}

fn is_site(folded: &str, sites: &[String]) -> bool {
    let joined = folded.replace(' ', "");
    sites.iter().any(|s| s.replace(' ', "") == joined)
}

fn declared(case: &Case<'_>) -> Vec<Candidate> {
    let graph: Vec<&str> = case.article.authors.iter().map(|a| a.name.as_str()).collect();
    let people: Vec<&str> =
        case.article.authors.iter().filter(|a| !a.organisation).map(|a| a.name.as_str()).collect();
    let organisation = people.is_empty();
    let graph = if organisation { graph } else { people };
    let entry = case.context.hints.entry.map(|e| e.authors.as_slice()).unwrap_or_default();
    let entry: Vec<&str> = entry.iter().map(String::as_str).collect();
    let written = written_by(case);
    let all = |names: &[&str]| -> Vec<&str> {
        names
            .iter()
            .map(|n| case.metas(n).collect::<Vec<_>>())
            .find(|v| !v.is_empty())
            .unwrap_or_default()
    };
    let cited = ["citation_author", "citation_authors"].into_iter().flat_map(|n| case.metas(n));
    let turned: Vec<String> = cited.map(turned).collect();
    let turned: Vec<&str> = turned.iter().map(String::as_str).collect();
    vec![
        candidate(case, "json-ld", &graph, organisation),
        candidate(case, "microdata", &items(case), false),
        candidate(
            case,
            "meta",
            &all(&["author", "byl", "parsely-author", "sailthru.author"]),
            false,
        ),
        candidate(
            case,
            "opengraph",
            &all(&["article:author", "og:article:author", "og:author"]),
            false,
        ),
        candidate(case, "citation", &turned, false),
        candidate(
            case,
            "meta",
            &all(&[
                "dc.creator",
                "dcterms.creator",
                "article:author_name",
                "article_author",
                "cxenseparse:author",
                "shareaholic:article_author_name",
                "creator",
            ]),
            false,
        ),
        candidate(case, "meta", &written, false),
        candidate(case, "feed", &entry, false),
    ]
}

/// `Doe, Jo` as `Jo Doe`, as citations are written.
fn turned(name: &str) -> String {
    match name.split_once(',') {
        Some((last, first)) if !first.contains(',') => format!("{} {}", first.trim(), last.trim()),
        _ => name.to_owned(),
    }
}

/// `twitter:label1` "Written by" with `twitter:data1`, as WordPress writes it.
fn written_by<'a>(case: &Case<'a>) -> Vec<&'a str> {
    let pairs = [("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2")];
    let label = |l: &&str| person::is_byline_label(l);
    pairs
        .iter()
        .filter(|(name, _)| case.meta(&[name]).as_ref().is_some_and(label))
        .filter_map(|(_, data)| case.meta(&[data]))
        .collect()
}

/// Microdata: `author`, or the `name` of an item that is the `author`.
fn items<'c>(case: &'c Case<'_>) -> Vec<&'c str> {
    let items = &case.evidence.items;
    let mut names = Vec::new();
    for item in items.iter().filter(|i| !i.piece.place.other && i.owner_prop != "comment") {
        let of_author =
            matches!(item.name, "name") && matches!(item.owner_prop, "author" | "creator");
        let is_author = item.name == "author" && item.kind.is_none() && is_text(item.owner);
        if of_author || is_author {
            names.push(item.value.unwrap_or(&item.piece.text));
        }
    }
    if names.is_empty() {
        let scoped = items.iter().filter(|i| i.name == "author" && !i.piece.place.other);
        names.extend(scoped.map(|i| i.piece.text.as_str()).take(1));
    }
    names
}

/// Is the item a text's, not a picture's or a comment's?
fn is_text(kind: &str) -> bool {
    !["ImageObject", "VideoObject", "Comment", "Review", "Photograph", "MediaObject"]
        .iter()
        .any(|other| kind.ends_with(other))
}

/// What readers see, best kind first; of one kind the first that stands at the head of the
/// article. What stands in another article, or in a list of some, is another's, unless the
/// whole page is: then what stands beside the headline counts, if it looks like names.
fn shown(case: &Case<'_>, fields: &Fields) -> Vec<Candidate> {
    let own = shown_where(case, &|byline| !byline.piece.place.other);
    if !own.is_empty() {
        return own;
    }
    let heads = Heads::of(case, fields);
    let mut beside = shown_where(case, &|byline| heads.are_beside(byline.piece.place));
    beside.retain(|shown| !shown.organisation);
    beside
}

fn shown_where(case: &Case<'_>, possible: &dyn Fn(&Byline) -> bool) -> Vec<Candidate> {
    let kinds = [BylineKind::Rel, BylineKind::Class, BylineKind::Words, BylineKind::Link];
    let bylines = || case.evidence.bylines.iter().filter(|b| b.piece.text.len() < 240);
    let of_kind = |kind| bylines().filter(move |b| b.kind == kind && possible(b)).take(12);
    kinds
        .into_iter()
        .filter_map(|kind| names_of(case, kind, &of_kind(kind).collect::<Vec<_>>()))
        .collect()
}

/// The names of the first byline that has some, of all of one kind.
fn names_of(case: &Case<'_>, kind: BylineKind, bylines: &[&Byline]) -> Option<Candidate> {
    let is_name = |name: &String| !person::is_phrase(name);
    let names = |b: &&&Byline| person::names(&b.piece.text).iter().any(is_name);
    let central = bylines.iter().filter(|b| !b.piece.place.aside).find(names);
    let first = central.or_else(|| bylines.iter().find(names))?;
    let mut shown = candidate(case, "byline", &side_by_side(kind, first, bylines), false);
    shown.names.retain(is_name);
    let words = |n: &String| n.split(' ').count();
    match kind {
        BylineKind::Words => shown.names.retain(|n| person::looks_like_name(n)),
        _ => shown.names.retain(|n| words(n) <= 6),
    }
    if shown.names.iter().any(|n| person::looks_like_name(n)) {
        shown.names.retain(|n| !person::has_job(n)); // "…, head of sales and trade"
    }
    // What is shown but does not look like people's names never stands against a declared
    // organisation.
    shown.organisation |= !shown.names.iter().all(|n| person::looks_like_name(n));
    (!shown.names.is_empty()).then_some(shown)
}

/// The texts of several links side by side: they are several authors. Those with an author's
/// class may be checkers' too, with a label before: they must follow one another.
fn side_by_side<'b>(kind: BylineKind, first: &'b Byline, bylines: &[&'b Byline]) -> Vec<&'b str> {
    let at = |byline: &Byline| byline.piece.place.text_before;
    match kind {
        BylineKind::Rel | BylineKind::Link => {
            let near = bylines.iter().filter(|b| at(b).abs_diff(at(first)) < 120);
            near.map(|b| b.piece.text.as_str()).collect()
        }
        BylineKind::Class if first.piece.place.linked => {
            let mut end = at(first);
            let following =
                bylines.iter().skip_while(|b| !std::ptr::eq(**b, first)).take_while(|b| {
                    let joined = b.piece.place.linked && at(b) <= end.saturating_add(BETWEEN);
                    let length = u32::try_from(b.piece.text.trim().len()).unwrap_or(u32::MAX);
                    end = at(b).saturating_add(length);
                    joined
                });
            following.map(|b| b.piece.text.as_str()).collect()
        }
        _ => vec![&first.piece.text],
    }
}
