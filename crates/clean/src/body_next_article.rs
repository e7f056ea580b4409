//! The article that a page shows below its own, to be read next.
//!
//! It looks as the page's own does, block by block: only the page as a whole tells them apart.
//! Both stand in an `article` of their own, each under its own `h1`, and the page's title says
//! whose page it is. An `h1` alone says nothing: pages use it for subheadings.

use crate::body_blocks::Blocks;
use crate::body_evidence::Evidence;
use crate::body_tags::Tag;
use crate::body_totals::AllTotals;

/// The page's own article has so many words, or the title stands apart from the text.
const OWN_WORDS: f32 = 40.0;

/// Takes out of `kept` what stands in articles below that of the title. Linear.
pub(crate) fn take_out(
    page: &Blocks,
    totals: &AllTotals,
    evidence: &Evidence,
    kept: &mut Vec<usize>,
) {
    let headed = headed_articles(page);
    let is_own = |(_, heading): &&(usize, usize)| alike(totals.words.at(*heading), &evidence.title);
    let Some((own, _)) = headed.iter().find(is_own) else { return };
    let range = |article: usize| page.containers.get(article).map_or(0..0, |c| c.first..c.end);
    let end = range(*own).end;
    let inside = kept.iter().filter(|at| range(*own).contains(at));
    if inside.filter_map(|at| totals.counts.get(*at)).map(|c| c.words).sum::<f32>() < OWN_WORDS {
        return;
    }
    for (article, heading) in &headed {
        let next = range(*article);
        if next.start >= end && !alike(totals.words.at(*heading), &evidence.title) {
            kept.retain(|at| !next.contains(at));
        }
    }
}

/// The `article` elements that stand in no other and hold an `h1`, each with the first block
/// of its first.
fn headed_articles(page: &Blocks) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    // The outermost article that the walk is in: where it ends, and whether it has its `h1`.
    let mut article: Option<(usize, usize, bool)> = None;
    for (at, container) in page.containers.iter().enumerate() {
        if container.first == container.end {
            continue;
        }
        let left = article.is_none_or(|(_, end, _)| container.first >= end);
        if left {
            article = (container.tag == Tag::Article).then_some((at, container.end, false));
        }
        if let Some((article, _, has_heading @ false)) = &mut article
            && container.tag == Tag::Heading(1)
        {
            *has_heading = true;
            found.push((*article, container.first));
        }
    }
    found
}

/// Has the shorter of two lists of words at least half of its words in the other?
fn alike(a: &[u64], b: &[u64]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let shared = short.iter().filter(|word| long.contains(word)).count();
    !short.is_empty() && shared * 2 >= short.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body_shingles::word_hashes;
    use scraper::Html;

    const OWN: &str = "<p>The council of the harbour town has voted on Monday evening to rebuild \
        the bridge that the flood of last spring took away, and to pay for it out of the fund \
        for storms; work begins in May and will take until the autumn, said the mayor.</p>";
    const NEXT: &str = "<p>The club has signed a keeper from the second league.</p>";

    /// The texts that are left of all.
    fn left(html: &str, title: &str) -> Vec<String> {
        let page = Blocks::of(&Html::parse_document(html));
        let totals = AllTotals::of(&page);
        let evidence = Evidence { title: word_hashes(title), ..Evidence::default() };
        let mut kept = (0..page.blocks.len()).collect();
        take_out(&page, &totals, &evidence, &mut kept);
        kept.iter().map(|at| page.blocks[*at].text.chars().take(9).collect()).collect()
    }

    #[test]
    fn the_next_article_is_not_this_ones() {
        let page = format!(
            "<main><article><h1>Bridge to be rebuilt</h1>{OWN}<article>Read this</article>\
             </article><div><article><h1>Keeper signed</h1>{NEXT}</article></div></main>"
        );
        let own = ["Bridge to", "The counc", "Read this"];
        assert_eq!(left(&page, "Bridge to be rebuilt at last"), own);
        // Whose page it is, the title says.
        assert_eq!(left(&page, "Something else").len(), 5);
    }

    #[test]
    fn headings_and_parts_of_one_article_stay() {
        let own = format!("<h1>Bridge to be rebuilt</h1>{OWN}");
        let one = format!("<article>{own}<h1>What it costs</h1>{NEXT}</article>");
        assert_eq!(left(&one, "Bridge to be rebuilt").len(), 4);
        let two =
            format!("<article>{own}</article><article><h2>What it costs</h2>{NEXT}</article>");
        assert_eq!(left(&two, "Bridge to be rebuilt").len(), 4);
        let apart = format!(
            "<article><h1>Bridge to be rebuilt</h1></article><article><h1>News</h1>{OWN}</article>"
        );
        assert_eq!(left(&apart, "Bridge to be rebuilt").len(), 3);
    }
}
