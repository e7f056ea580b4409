//! What a rule says of each block, weighed with what the trees say.

use std::collections::HashSet;

use ego_tree::NodeId;
use scraper::{Html, Selector};

use super::SiteRule;
use crate::body_blocks::Blocks;
use crate::body_totals::AllTotals;

/// What a rule multiplies the odds of a block by that it takes, and divides them by for one that
/// it leaves: seven to one. Own judgement; a block that the trees are sure of stays as it is.
const ODDS: f32 = 7.0;

/// Words that both take against all that either takes, from which on a rule is believed: two
/// thirds of each.
const AGREEMENT: f32 = 0.5;

/// Weighs the rule's blocks into `probabilities`, if it agrees with them on the whole. Says what
/// came of it, for `explain`. Linear in the page for each selector.
pub(crate) fn weigh(
    rule: &SiteRule,
    html: &Html,
    page: &Blocks,
    totals: &AllTotals,
    probabilities: &mut [f32],
) -> String {
    let name = &rule.name;
    let Some(taken) = taken(rule, html, page) else {
        return format!("site rule {name}: left aside: nothing on the page is its body");
    };
    let agreement = agreement(totals, &taken, probabilities);
    if agreement < AGREEMENT {
        return format!("site rule {name}: left aside: agreement {agreement:.2}");
    }
    for (chance, taken) in probabilities.iter_mut().zip(taken) {
        let factor = if taken { ODDS } else { ODDS.recip() };
        let odds = *chance / (1.0 - *chance).max(f32::EPSILON) * factor;
        *chance = odds / (1.0 + odds);
    }
    format!("site rule {name}: followed: agreement {agreement:.2}")
}

/// For each block, does the rule take it? The first selector that matches counts; `None` where
/// none does.
fn taken(rule: &SiteRule, html: &Html, page: &Blocks) -> Option<Vec<bool>> {
    let ids = |selector: &Selector| html.select(selector).map(|e| e.id()).collect::<HashSet<_>>();
    let body = rule.body.iter().map(ids).find(|found| !found.is_empty())?;
    let strip = rule.strip.as_ref().map(ids).unwrap_or_default();
    let body = within(page, &body);
    let strip = within(page, &strip);
    let at = |flags: &[bool], at: usize| flags.get(at).copied().unwrap_or(false);
    let taken = |container: usize| at(&body, container) && !at(&strip, container);
    Some(page.blocks.iter().map(|block| taken(block.container)).collect())
}

/// For each container, is it one of these elements or in one?
fn within(page: &Blocks, elements: &HashSet<NodeId>) -> Vec<bool> {
    let mut flags: Vec<bool> = Vec::with_capacity(page.containers.len());
    for container in &page.containers {
        let around = flags.get(container.parent).copied().unwrap_or(false);
        flags.push(around || elements.contains(&container.node));
    }
    flags
}

fn agreement(totals: &AllTotals, taken: &[bool], probabilities: &[f32]) -> f32 {
    let (mut both, mut either) = (0.0f32, 0.0f32);
    for ((counts, taken), chance) in totals.counts.iter().zip(taken).zip(probabilities) {
        both += if *taken { counts.words * chance } else { 0.0 };
        either += counts.words * if *taken { 1.0 } else { *chance };
    }
    both / either.max(1.0)
}
