//! The articles of the demo, read from the text that holds them.

/// One version of one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// Which outlet has it.
    pub(super) outlet: String,
    /// Its path there.
    pub(super) path: String,
    /// From which poll of the feed on it is there, counted from 0.
    pub(super) poll: usize,
    /// From which poll on the first version of the page is there.
    pub(super) since: usize,
    /// Its headline.
    pub(super) title: String,
    /// Who wrote it.
    pub(super) byline: String,
    /// Its text.
    pub(super) paragraphs: Vec<String>,
}

/// Every version of every page, in the order of the text.
pub(super) fn all() -> Vec<Page> {
    let text = include_str!("articles.txt");
    let mut pages: Vec<Page> = Vec::new();
    for block in text.split("\n== ").skip(1) {
        pages.extend(page(block, &pages));
    }
    pages
}

fn page(block: &str, earlier: &[Page]) -> Option<Page> {
    let mut lines = block.lines().filter(|line| !line.is_empty());
    let mut head = lines.next()?.split(' ');
    let (outlet, path, poll) = (head.next()?, head.next()?, head.next()?.parse().ok()?);
    let (title, byline) = (lines.next()?.to_owned(), lines.next()?.to_owned());
    let own: Vec<String> = lines.map(str::to_owned).collect();
    let paragraphs = match own.first().and_then(|line| line.strip_prefix("= ")) {
        Some(name) => text_of(name, earlier)?,
        None => own,
    };
    let first = earlier.iter().find(|page| page.outlet == outlet && page.path == path);
    let since = first.map_or(poll, |page| page.poll);
    Some(Page { outlet: outlet.into(), path: path.into(), poll, since, title, byline, paragraphs })
}

fn text_of(name: &str, earlier: &[Page]) -> Option<Vec<String>> {
    let (outlet, path) = name.split_once(' ')?;
    let found = earlier.iter().rfind(|page| page.outlet == outlet && page.path == path);
    found.map(|page| page.paragraphs.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_a_page_and_copies_have_the_text_of_another() {
        let pages = all();
        assert_eq!(pages.len(), include_str!("articles.txt").matches("\n== ").count());
        assert!(pages.iter().all(|page| page.paragraphs.len() >= 4), "{pages:#?}");
        let of = |path: &str| pages.iter().find(|page| page.path == path).unwrap();
        assert_eq!(of("/en/glacier").paragraphs, of("/2026/glacier-lake").paragraphs);
        let meals = pages.iter().filter(|page| page.path == "/news/school-meals");
        let polls: Vec<_> = meals.map(|page| (page.poll, page.since)).collect();
        assert_eq!(polls, [(0, 0), (1, 0)], "a correction does not change when it was published");
    }
}
