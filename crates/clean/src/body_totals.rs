//! What each container holds: sums over the blocks in it, and which container is the main one.

use foldhash::HashMap;

use crate::body_blocks::{Block, Blocks};
use crate::body_shingles::WordLists;
use crate::body_tags::Tag;
use crate::body_text::TextCounts;

/// Sums over a set of blocks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Totals {
    pub(crate) blocks: f32,
    pub(crate) words: f32,
    pub(crate) link_words: f32,
    /// Words of blocks that read like prose.
    pub(crate) prose: f32,
    pub(crate) paragraphs: f32,
}

impl Totals {
    fn add(&mut self, block: &Block, counts: TextCounts, is_paragraph: bool) {
        self.blocks += 1.0;
        self.words += counts.words;
        self.link_words += counts.words * link_share(block);
        self.prose += prose_words(block, counts);
        self.paragraphs += f32::from(u8::from(is_paragraph));
    }

    fn add_all(&mut self, other: Self) {
        self.blocks += other.blocks;
        self.words += other.words;
        self.link_words += other.link_words;
        self.prose += other.prose;
        self.paragraphs += other.paragraphs;
    }

    pub(crate) fn link_share(self) -> f32 {
        self.link_words / self.words.max(1.0)
    }

    pub(crate) fn mean_words(self) -> f32 {
        self.words / self.blocks.max(1.0)
    }
}

/// The share of a block's bytes that stand in links.
pub(crate) fn link_share(block: &Block) -> f32 {
    block.link_bytes as f32 / block.text.len().max(1) as f32
}

/// Words of a block that count as prose: none where links rule or no sentence is told.
pub(crate) fn prose_words(block: &Block, counts: TextCounts) -> f32 {
    let told = counts.enders > 0 && counts.words >= 8.0 || counts.words >= 20.0;
    if told { counts.words * (1.0 - (2.0 * link_share(block)).min(1.0)) } else { 0.0 }
}

/// All sums that the decision needs.
#[derive(Debug, Default)]
pub(crate) struct AllTotals {
    pub(crate) counts: Vec<TextCounts>,
    /// For each block, its words as hashes.
    pub(crate) words: WordLists,
    pub(crate) page: Totals,
    /// For each container, over all blocks in it.
    pub(crate) inside: Vec<Totals>,
    /// For each shape of container, over the blocks that stand in it directly.
    pub(crate) shapes: HashMap<u64, Totals>,
    /// The container that holds the article most closely.
    pub(crate) main: usize,
    /// For each container, the readability-like score.
    pub(crate) scores: Vec<f32>,
}

impl AllTotals {
    /// Sums up. Linear in blocks and containers.
    pub(crate) fn of(page: &Blocks) -> Self {
        let mut all = Self {
            counts: page.blocks.iter().map(|b| TextCounts::of(&b.text)).collect(),
            words: WordLists::of(page.blocks.iter().map(|b| b.text.as_str())),
            inside: vec![Totals::default(); page.containers.len()],
            scores: vec![0.0; page.containers.len()],
            ..Self::default()
        };
        for (at, block) in page.blocks.iter().enumerate() {
            let counts = all.counts.get(at).copied().unwrap_or_default();
            let Some(container) = page.containers.get(block.container) else { continue };
            let is_paragraph = container.tag == Tag::Paragraph;
            if let Some(inside) = all.inside.get_mut(block.container) {
                inside.add(block, counts, is_paragraph);
            }
            all.shapes.entry(container.shape).or_default().add(block, counts, is_paragraph);
            all.page.add(block, counts, is_paragraph);
            all.credit(page, block, counts);
        }
        for (at, container) in page.containers.iter().enumerate().rev() {
            let held = all.inside.get(at).copied().unwrap_or_default();
            let around = all.inside.get_mut(container.parent);
            if let Some(around) = around.filter(|_| container.parent != at) {
                around.add_all(held);
            }
        }
        all.main = all.main_container(page);
        all
    }

    /// Each paragraph speaks for the containers around it, the nearer the more: Readability's
    /// way, with words of prose in place of its points for commas and length.
    fn credit(&mut self, page: &Blocks, block: &Block, counts: TextCounts) {
        let prose = prose_words(block, counts);
        if prose == 0.0 {
            return;
        }
        let mut at = block.container;
        let mut share = prose;
        for _ in 0..5 {
            let Some(container) = page.containers.get(at) else { break };
            let holds = !matches!(container.tag, Tag::Paragraph | Tag::Item | Tag::Heading(_));
            if holds {
                if let Some(score) = self.scores.get_mut(at) {
                    *score += share;
                }
                share *= 0.5;
            }
            if container.parent == at {
                break;
            }
            at = container.parent;
        }
    }

    fn main_container(&self, page: &Blocks) -> usize {
        let score = |at: usize| {
            let totals = self.inside.get(at).copied().unwrap_or_default();
            self.scores.get(at).copied().unwrap_or(0.0) * (1.0 - totals.link_share())
        };
        (0..page.containers.len()).max_by(|a, b| score(*a).total_cmp(&score(*b))).unwrap_or(0)
    }
}
