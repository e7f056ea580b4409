//! The body: which blocks of a page are the article.

use record::Line;
use scraper::Html;

use crate::body_blocks::{Block, Blocks};
use crate::body_cues::Cues;
use crate::body_tags::Tag;

/// The paragraphs of the article on a page whose title is `title`; empty when there are none.
pub(crate) fn extract(html: &Html, title: &str) -> Vec<Line> {
    let blocks = Blocks::of(html);
    let Some(main) = best_container(&blocks) else { return Vec::new() };
    let inside = blocks.containers.get(main).map_or(0..0, |c| c.first..c.end);
    let title = record::fold(title);
    let kept = blocks.blocks.get(inside).unwrap_or_default().iter();
    kept.filter(|block| is_kept(&blocks, block) && record::fold(&block.text) != title)
        .filter_map(|block| Line::new(&block.text))
        .collect()
}

fn best_container(blocks: &Blocks) -> Option<usize> {
    let mut scores = vec![0.0; blocks.containers.len()];
    for block in blocks.blocks.iter().filter(|block| is_kept(blocks, block)) {
        let mut share = block.text.len() as f32;
        let mut at = block.container;
        for _ in 0..3 {
            let Some(container) = blocks.containers.get(at) else { break };
            if let Some(score) = scores.get_mut(at) {
                *score += share;
            }
            share *= 0.6;
            at = container.parent;
        }
    }
    (0..scores.len()).max_by(|a, b| {
        let score = |at: &usize| scores.get(*at).copied().unwrap_or(0.0);
        score(a).total_cmp(&score(b))
    })
}

fn is_kept(blocks: &Blocks, block: &Block) -> bool {
    let beside = blocks.around(block).any(|c| {
        matches!(
            c.tag,
            Tag::Nav | Tag::Aside | Tag::Footer | Tag::Form | Tag::Caption | Tag::Button
        )
    });
    !beside && block.text.len() > 24 && block.link_bytes * 2 < block.text.len()
}
