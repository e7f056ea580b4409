//! What the decision sees of each block: one row of numbers a block, in a fixed order.

use foldhash::HashMap;

use crate::body_blocks::{Block, Blocks, Container};
use crate::body_cues::Cues;
use crate::body_evidence::Evidence;
use crate::body_tags::Tag;
use crate::body_text::TextCounts;
use crate::body_totals::{AllTotals, Totals, link_share};

/// One row: the numbers of one block.
pub(crate) type Row = Vec<f32>;

/// What `read` makes of the rows of a page's blocks; a block of a menu has none.
/// Linear in the page.
pub(crate) fn rows<T>(
    page: &Blocks,
    totals: &AllTotals,
    evidence: &Evidence,
    mut read: impl FnMut(Option<&Row>) -> T,
) -> Vec<T> {
    let of_menu: Vec<bool> = page.blocks.iter().map(|b| is_of_menu(page, totals, b)).collect();
    let view = View::of(page, totals, evidence);
    let mut row = Row::new();
    let each = page.blocks.iter().zip(of_menu).enumerate().map(|(at, (block, of_menu))| {
        if of_menu {
            return read(None);
        }
        row.clear();
        view.row(&mut row, at, block);
        read(Some(&row))
    });
    each.collect()
}

/// Does it stand among links only? Mostly links itself, and no prose three containers around:
/// two blocks of five, with half a percent of the text wanted.
fn is_of_menu(page: &Blocks, totals: &AllTotals, block: &Block) -> bool {
    let outer = |at: usize| page.containers.get(at).map_or(at, |c| c.parent);
    let around = outer(outer(outer(block.container)));
    link_share(block) >= 0.5 && totals.inside.get(around).is_none_or(|held| held.prose <= 0.0)
}

/// Containers further out say nothing of a block.
const MOST_STEPS: f32 = 40.0;

/// A block and its counts.
type Counted<'a> = (&'a Block, TextCounts);

struct View<'a> {
    page: &'a Blocks,
    totals: &'a AllTotals,
    evidence: &'a Evidence,
    /// Where the title stands: the index of its block.
    title_at: Option<usize>,
    /// For each block, the words before it.
    before: Vec<f32>,
    /// How often a text stands on the page.
    repeats: HashMap<u64, usize>,
    title_match: Vec<(f32, f32)>,
    /// For each block, the heading before it.
    headings: Vec<Option<usize>>,
    /// For each block, headings of the first level up to it.
    tops: Vec<f32>,
    /// The containers around the title, from the outside in.
    title_path: Vec<usize>,
}

impl<'a> View<'a> {
    fn of(page: &'a Blocks, totals: &'a AllTotals, evidence: &'a Evidence) -> Self {
        let mut repeats = HashMap::default();
        for words in totals.words.iter() {
            *repeats.entry(whole(words)).or_default() += 1;
        }
        let mut sum = 0.0;
        let before = totals.counts.iter().map(|c| {
            sum += c.words;
            sum - c.words
        });
        let before = before.collect();
        let title_match: Vec<_> =
            totals.words.iter().map(|words| likeness(&evidence.title, words)).collect();
        let title_at = title_block(page, &title_match);
        let headings = headings(page, totals);
        let tops = tops(page);
        let title_path = title_at.and_then(|at| page.blocks.get(at)).map(|b| path(page, b));
        Self {
            page,
            totals,
            evidence,
            title_at,
            before,
            repeats,
            title_match,
            headings,
            tops,
            title_path: title_path.unwrap_or_default(),
        }
    }

    fn row(&self, row: &mut Row, at: usize, block: &'a Block) {
        let counts = self.totals.counts.get(at).copied().unwrap_or_default();
        text_numbers(row, block, counts);
        self.place_numbers(row, at);
        self.evidence_numbers(row, at);
        self.tag_numbers(row, block);
        self.container_numbers(row, block);
        self.neighbour_numbers(row, at, block);
        self.cue_numbers(row, block);
        self.heading_numbers(row, at, block);
        self.title_numbers(row, at, block);
    }

    fn counted(&self, at: usize) -> Option<Counted<'a>> {
        Some((self.page.blocks.get(at)?, self.totals.counts.get(at).copied()?))
    }

    fn place_numbers(&self, row: &mut Row, at: usize) {
        let all = self.page.blocks.len().max(1) as f32;
        let of_text = whole(self.totals.words.at(at));
        let words = self.before.get(at).copied().unwrap_or(0.0);
        let title = self.title_at.map(|title| at as f32 - title as f32);
        let title_words = self.title_at.and_then(|t| self.before.get(t)).map(|t| words - t);
        row.extend([
            at as f32 / all,
            all,
            words / self.totals.page.words.max(1.0),
            self.totals.page.words,
            title.unwrap_or(-999.0),
            title_words.unwrap_or(-9_999.0),
            self.repeats.get(&of_text).copied().unwrap_or(1) as f32,
        ]);
    }

    /// What the heading says that the block stands under.
    fn heading_numbers(&self, row: &mut Row, at: usize, block: &Block) {
        let heading = self.headings.get(at).copied().flatten();
        let Some((heading_at, (heading, counts))) =
            heading.and_then(|heading| Some((heading, self.counted(heading)?)))
        else {
            row.extend([-1.0; 6]);
            return;
        };
        let container = |b: &Block| self.page.containers.get(b.container);
        let words = |at: usize| self.before.get(at).copied().unwrap_or(0.0);
        let (of_block, _) = self.title_match.get(heading_at).copied().unwrap_or_default();
        row.extend([
            container(heading).map_or(0.0, |c| tag_number(c.tag)),
            words(at) - words(heading_at),
            (at - heading_at) as f32,
            counts.words,
            container(heading).zip(container(block)).map_or(0.0, |(a, b)| relation(a, b)),
            of_block,
        ]);
    }

    /// How near the block stands to the title in the tree: the container that holds both.
    fn title_numbers(&self, row: &mut Row, at: usize, block: &Block) {
        let own = path(self.page, block);
        let shared = self.title_path.iter().zip(&own).take_while(|(a, b)| a == b).count();
        let common = shared.checked_sub(1).and_then(|last| own.get(last)).copied();
        let held = common.and_then(|c| self.totals.inside.get(c)).copied().unwrap_or_default();
        let top = |at: Option<usize>| at.and_then(|at| self.tops.get(at)).copied().unwrap_or(0.0);
        row.extend([
            shared as f32,
            own.len() as f32 - shared as f32,
            self.title_path.len() as f32 - shared as f32,
            held.prose / self.totals.page.prose.max(1.0),
            top(Some(at)) - top(self.title_at),
        ]);
    }

    fn evidence_numbers(&self, row: &mut Row, at: usize) {
        let words = self.totals.words.at(at);
        let given = &self.evidence.given;
        let (of_block, of_title) = self.title_match.get(at).copied().unwrap_or_default();
        row.extend([
            given.share_of(words),
            given.words as f32,
            self.evidence.summary.share_of(words),
            of_block,
            of_title,
        ]);
    }

    fn tag_numbers(&self, row: &mut Row, block: &Block) {
        const AROUND: [Tag; 16] = [
            Tag::Article,
            Tag::Main,
            Tag::Aside,
            Tag::Nav,
            Tag::Header,
            Tag::Footer,
            Tag::Form,
            Tag::Figure,
            Tag::Caption,
            Tag::Table,
            Tag::List,
            Tag::Quote,
            Tag::Section,
            Tag::Details,
            Tag::Button,
            Tag::Cell,
        ];
        let mut nearest = [0.0f32; 16];
        let mut articles = 0.0;
        for (steps, container) in self.page.around(block).take(MOST_STEPS as usize).enumerate() {
            articles += f32::from(u8::from(container.tag == Tag::Article));
            for (slot, tag) in nearest.iter_mut().zip(AROUND) {
                if *slot == 0.0 && container.tag == tag {
                    *slot = 1.0 / (1.0 + steps as f32);
                }
            }
        }
        let own = self.page.containers.get(block.container);
        row.push(own.map_or(0.0, |c| tag_number(c.tag)));
        row.push(own.map_or(0.0, |c| f32::from(c.depth)));
        row.push(articles);
        row.extend(nearest);
    }

    fn container_numbers(&self, row: &mut Row, block: &Block) {
        let mut at = block.container;
        for _ in 0..4 {
            let held = self.totals.inside.get(at).copied().unwrap_or_default();
            self.totals_numbers(row, held);
            at = self.page.containers.get(at).map_or(at, |c| c.parent);
        }
        let shape = self.page.containers.get(block.container).map_or(0, |c| c.shape);
        self.totals_numbers(row, self.totals.shapes.get(&shape).copied().unwrap_or_default());
        self.main_numbers(row, block);
        self.article_numbers(row, block);
    }

    fn totals_numbers(&self, row: &mut Row, held: Totals) {
        row.extend([
            held.words,
            held.link_share(),
            held.blocks,
            held.mean_words(),
            held.prose / self.totals.page.prose.max(1.0),
            held.prose / held.words.max(1.0),
        ]);
    }

    /// Where the block stands to the main container: in it, and how many containers away.
    fn main_numbers(&self, row: &mut Row, block: &Block) {
        let main = self.totals.main;
        let at = |index: usize| self.page.containers.get(index);
        let mut ups = 0.0;
        let mut here = block.container;
        while let Some(container) = at(here).filter(|_| !self.page.holds(here, main)) {
            ups += 1.0;
            here = container.parent;
        }
        let depth = |index: usize| at(index).map_or(0.0, |c| f32::from(c.depth));
        let downs = depth(main) - depth(here);
        let held = self.totals.inside.get(main).copied().unwrap_or_default();
        let score = self.totals.scores.get(block.container).copied().unwrap_or(0.0);
        let best = self.totals.scores.get(main).copied().unwrap_or(0.0).max(1.0);
        row.extend([
            f32::from(u8::from(here == main)),
            ups,
            downs,
            held.prose / self.totals.page.prose.max(1.0),
            held.words,
            score / best,
        ]);
    }

    /// The nearest `article` around the block against all the page's prose.
    fn article_numbers(&self, row: &mut Row, block: &Block) {
        let mut at = block.container;
        let mut share = -1.0;
        while let Some(container) = self.page.containers.get(at) {
            if container.tag == Tag::Article || container.cues.has(Cues::ARTICLE_BODY) {
                let held = self.totals.inside.get(at).copied().unwrap_or_default();
                share = held.prose / self.totals.page.prose.max(1.0);
                break;
            }
            if container.parent == at {
                break;
            }
            at = container.parent;
        }
        row.push(share);
    }

    fn neighbour_numbers(&self, row: &mut Row, at: usize, block: &Block) {
        for step in [-1isize, 1] {
            let beside = at.checked_add_signed(step).and_then(|beside| self.counted(beside));
            let Some((other, counts)) = beside else {
                row.extend([-1.0; 6]);
                continue;
            };
            let container = |b: &Block| self.page.containers.get(b.container);
            let same = container(block).zip(container(other)).map_or(0.0, |(a, b)| relation(a, b));
            row.extend([
                counts.words,
                link_share(other),
                container(other).map_or(0.0, |c| tag_number(c.tag)),
                f32::from(u8::from(counts.ends_sentence)),
                same,
                f32::from(u8::from(other.container == block.container)),
            ]);
        }
    }

    /// For each kind of cue, how near the nearest container is that gives it; a container that
    /// holds most of the page's prose says nothing of its single blocks.
    fn cue_numbers(&self, row: &mut Row, block: &Block) {
        let mut nearest = [0.0f32; Cues::KINDS];
        let mut seen = Cues::default();
        let mut at = block.container;
        let mut steps = 1.0;
        while let Some(container) = self.page.containers.get(at).filter(|_| steps < MOST_STEPS) {
            let held = self.totals.inside.get(at).copied().unwrap_or_default();
            let most = held.prose > 0.7 * self.totals.page.prose;
            let told = if most { container.cues.speaking_for() } else { container.cues };
            for index in told.without(seen).indices() {
                if let Some(slot) = nearest.get_mut(index) {
                    *slot = 1.0 / steps;
                }
            }
            seen = seen.with(told);
            if container.parent == at {
                break;
            }
            at = container.parent;
            steps += 1.0;
        }
        row.extend(nearest);
    }
}

/// The containers around a block, from the outside in, the innermost 64.
fn path(page: &Blocks, block: &Block) -> Vec<usize> {
    let mut path = Vec::new();
    let mut at = block.container;
    while let Some(container) = page.containers.get(at).filter(|_| path.len() < 64) {
        path.push(at);
        if container.parent == at {
            break;
        }
        at = container.parent;
    }
    path.reverse();
    path
}

/// For each block, the heading that it stands under: a heading element, or a short line of
/// bold text or ending in a colon.
fn headings(page: &Blocks, totals: &AllTotals) -> Vec<Option<usize>> {
    let mut last = None;
    let mut headings = Vec::with_capacity(page.blocks.len());
    for (at, (block, counts)) in page.blocks.iter().zip(&totals.counts).enumerate() {
        headings.push(last);
        let tag = page.containers.get(block.container).map(|c| c.tag);
        let bold = block.bold_bytes as usize * 10 > block.text.len() * 9;
        let short = counts.words < 9.0 && !counts.ends_sentence && (bold || counts.ends_colon);
        if matches!(tag, Some(Tag::Heading(_))) || short {
            last = Some(at);
        }
    }
    headings
}

fn tops(page: &Blocks) -> Vec<f32> {
    let mut seen = 0.0;
    let count = |block: &Block| {
        let tag = page.containers.get(block.container).map(|c| c.tag);
        seen += f32::from(u8::from(tag == Some(Tag::Heading(1))));
        seen
    };
    page.blocks.iter().map(count).collect()
}

/// All words of a text in one hash.
fn whole(words: &[u64]) -> u64 {
    words.iter().fold(words.len() as u64, |h, w| (h.rotate_left(9) ^ w).wrapping_mul(0x9e37_79b9))
}

fn relation(a: &Container, b: &Container) -> f32 {
    f32::from(u8::from(a.shape == b.shape)) + f32::from(u8::from(a.parent == b.parent))
}

fn text_numbers(row: &mut Row, block: &Block, counts: TextCounts) {
    let words = counts.words.max(1.0);
    row.extend([
        counts.words,
        counts.letters as f32 / words,
        link_share(block),
        block.links as f32,
        block.bold_bytes as f32 / block.text.len().max(1) as f32,
        counts.enders as f32,
        counts.words / (1.0 + counts.enders as f32),
        counts.commas as f32 / words,
        counts.quotes as f32,
        counts.share(counts.digits),
        counts.share(counts.letters),
        counts.capitals as f32 / words,
        counts.upper as f32 / counts.letters.max(1) as f32,
        counts.separators as f32,
        counts.clocks as f32,
        f32::from(u8::from(counts.ends_sentence)),
        f32::from(u8::from(counts.ends_colon)),
        f32::from(u8::from(counts.starts_lower)),
        block.italic_bytes as f32 / block.text.len().max(1) as f32,
        f32::from(block.author_links),
        f32::from(block.times),
        block.media_before as f32,
    ]);
}

fn tag_number(tag: Tag) -> f32 {
    match tag {
        Tag::Paragraph => 1.0,
        Tag::Quote | Tag::Pre => 2.0,
        Tag::Block | Tag::Body | Tag::Section | Tag::Article | Tag::Main => 3.0,
        Tag::Item => 4.0,
        Tag::Term => 5.0,
        Tag::Cell => 6.0,
        Tag::Details => 7.0,
        Tag::Heading(level) => 8.0 + f32::from(level),
        Tag::Caption | Tag::Figure => 15.0,
        Tag::Address => 16.0,
        Tag::Button => 17.0,
        _ => 18.0,
    }
}

/// The share of the text's words that are in the title, and of the title's that are in the text.
fn likeness(title: &[u64], words: &[u64]) -> (f32, f32) {
    if title.is_empty() || words.len() > 100 || title.len() > 100 {
        return (0.0, 0.0);
    }
    let in_title = words.iter().filter(|w| title.contains(w)).count() as f32;
    let in_text = title.iter().filter(|w| words.contains(w)).count() as f32;
    (in_title / words.len().max(1) as f32, in_text / title.len() as f32)
}

/// The block that shows the title: a heading first, the likest, the first of the likest.
fn title_block(page: &Blocks, matches: &[(f32, f32)]) -> Option<usize> {
    let mut best = (0.6, None);
    for (at, (block, (of_block, of_title))) in page.blocks.iter().zip(matches).enumerate() {
        let heading = match page.containers.get(block.container).map(|c| c.tag) {
            Some(Tag::Heading(1)) => 0.5,
            Some(Tag::Heading(2)) => 0.3,
            Some(Tag::Heading(_)) => 0.1,
            _ => 0.0,
        };
        let score = of_block * of_title + heading;
        if of_block * of_title > 0.4 && score > best.0 {
            best = (score, Some(at));
        }
    }
    best.1
}
