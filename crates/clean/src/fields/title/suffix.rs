//! The site's name around a title.

use record::fold;

/// What stands between a title and a site's name.
const SEPARATORS: [&str; 16] = [
    " | ", " - ", " – ", " — ", " · ", " • ", " » ", " :: ", " / ", " ▷ ", " : ", " « ", " ‹ ",
    "｜", "_", " | ",
];
/// The marks of the separators and of the colon: a title without one has no site's name.
const MARKS: [char; 14] = ['|', '-', '–', '—', '·', '•', '»', ':', '/', '▷', '«', '‹', '｜', '_'];
/// Words more than in a site's name: what has more of them speaks of the site.
const MAX_MORE: usize = 2;
/// Most names taken off one title.
const MAX_NAMES: usize = 4;

/// `title` without the names of the site and its sections at the end or the start: those
/// that `sites` (folded) knows, and those whose removal leaves one of `others` (folded).
pub(super) fn without_site(title: &str, sites: &[String], others: &[String]) -> String {
    let mut left = title.trim();
    if !left.contains(MARKS) {
        return left.to_owned();
    }
    for _ in 0..MAX_NAMES {
        let next = last_cut(left, sites, others).or_else(|| first_cut(left, sites, others));
        match next {
            Some(shorter) => left = shorter,
            None => break,
        }
    }
    left.to_owned()
}

/// Without what follows the last separator, if that is a name.
fn last_cut<'t>(title: &'t str, sites: &[String], others: &[String]) -> Option<&'t str> {
    let cuts = SEPARATORS.iter().filter_map(|s| title.rfind(s).map(|at| (at, s.len(), *s)));
    let (at, length, separator) = cuts.max_by_key(|(at, length, _)| (*at, *length))?;
    let (head, tail) = (title.get(..at)?.trim(), title.get(at + length..)?.trim());
    if head.is_empty() {
        return None;
    }
    let bar = matches!(separator, " | " | "｜" | "_" | " :: " | " » " | " • ");
    (is_site(tail, sites) || is_known(head, others) || (bar && is_furniture(tail, head)))
        .then_some(head)
}

/// Without what precedes the first separator, if that is a name.
fn first_cut<'t>(title: &'t str, sites: &[String], others: &[String]) -> Option<&'t str> {
    let cuts = SEPARATORS.iter().filter_map(|s| title.find(s).map(|at| (at, s.len())));
    let Some((at, length)) = cuts.min_by_key(|(at, length)| (*at, usize::MAX - length)) else {
        return after_colon(title, sites, others);
    };
    let (head, tail) = (title.get(..at)?.trim(), title.get(at + length..)?.trim());
    let cut = !tail.is_empty() && (is_site(head, sites) || is_known(tail, others));
    cut.then_some(tail).or_else(|| after_colon(title, sites, others))
}

/// Without "Site: " before what is shown as a headline: colons stand in headlines too, so else
/// only without a site's whole name of several words.
fn after_colon<'t>(title: &'t str, sites: &[String], others: &[String]) -> Option<&'t str> {
    let (head, tail) = title.split_once(": ")?;
    let named = || head.contains(' ') && tail.contains(' ') && sites.contains(&fold(head));
    (is_site(head, sites) && is_known(tail, others) || named()).then_some(tail)
}

fn is_known(rest: &str, others: &[String]) -> bool {
    let folded = fold(rest);
    folded.split(' ').count() >= 2 && others.contains(&folded)
        || folded.chars().count() > 12 && others.contains(&folded)
}

/// Is `name` one of the site's names, or one with a few words more or less?
fn is_site(name: &str, sites: &[String]) -> bool {
    let folded = fold(name);
    if folded.is_empty() || folded.split(' ').count() > 8 {
        return false;
    }
    let joined = folded.replace(' ', "");
    let words = folded.split(' ').count();
    sites.iter().any(|site| {
        let site_joined = site.replace(' ', "");
        let few = words <= site.split(' ').count() + MAX_MORE;
        joined == site_joined
            || (site_joined.len() >= 4 && joined.len() >= 4)
                && (few && joined.starts_with(&site_joined)
                    || joined.ends_with(&site_joined)
                    || joined.len() >= 5
                        && (site_joined.starts_with(&joined) || site_joined.ends_with(&joined)))
    })
}

/// After a bar: few words, far fewer than before it.
fn is_furniture(tail: &str, head: &str) -> bool {
    let (tail, head) = (fold(tail), fold(head));
    let (tail, head) = (tail.split(' ').count(), head.split(' ').count());
    tail <= 4 && head >= 3 && head >= tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_from_both_ends() {
        let sites = ["the paper".to_owned(), "paper".to_owned()];
        let others = ["rain ends the drought".to_owned()];
        for title in [
            "Rain ends the drought | News | The Paper",
            "Rain ends the drought - The Paper",
            "The Paper: Rain ends the drought".replace(": ", " | ").as_str(),
            "Rain ends the drought — Weather",
            "Rain ends the drought",
        ] {
            assert_eq!(without_site(title, &sites, &others), "Rain ends the drought", "{title}");
        }
        let start = "The Paper: Rain ends the drought";
        assert_eq!(without_site(start, &sites, &[]), "Rain ends the drought");
        let kept = "Paper: Rain ends the drought";
        assert_eq!(without_site(kept, &sites, &[]), kept);
        let kept = "Budget 3.0 | Taxman gets billions to hire an army of collectors";
        assert_eq!(without_site(kept, &sites, &[]), kept);
        let kept = "Take care - paper made from grass in spring";
        assert_eq!(without_site(kept, &sites, &[]), kept);
        let kept = "Rain - and no end in sight";
        assert_eq!(without_site(kept, &sites, &[]), kept);
    }
}
