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

/// The same for a block within its body that the rule says to strip: somebody has looked at it.
const STRIPPED: f32 = 100.0;

/// Words that both take against all that either takes, from which on a rule is believed: two
/// thirds of each.
const AGREEMENT: f32 = 0.5;

/// Weighs what the rule [`said`] of the blocks into `probabilities`, if it agrees with them on the whole. Says what
/// came of it, for `explain`.
pub(crate) fn weigh(
    rule: &SiteRule,
    said: Option<&[Said]>,
    totals: &AllTotals,
    probabilities: &mut [f32],
) -> String {
    let name = &rule.name;
    let Some(said) = said else {
        return format!("site rule {name}: left aside: nothing on the page is its body");
    };
    let agreement = agreement(totals, said, probabilities);
    if agreement < AGREEMENT {
        return format!("site rule {name}: left aside: agreement {agreement:.2}");
    }
    for (chance, said) in probabilities.iter_mut().zip(said) {
        let factor = match said {
            Said::Taken => ODDS,
            Said::Left => ODDS.recip(),
            Said::Stripped => STRIPPED.recip(),
        };
        let odds = *chance / (1.0 - *chance).max(f32::EPSILON) * factor;
        *chance = odds / (1.0 + odds);
    }
    format!("site rule {name}: followed: agreement {agreement:.2}")
}

/// What a rule says of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Taken,
    Left,
    Stripped,
}

/// What it says of each block. The first selector that matches counts; `None` where none does.
/// Linear in the page for each selector.
pub(crate) fn said(rule: &SiteRule, html: &Html, page: &Blocks) -> Option<Vec<Said>> {
    let ids = |selector: &Selector| html.select(selector).map(|e| e.id()).collect::<HashSet<_>>();
    let body = rule.body.iter().map(ids).find(|found| !found.is_empty())?;
    let strip = rule.strip.as_ref().map(ids).unwrap_or_default();
    let body = within(page, &body);
    let strip = within(page, &strip);
    let at = |flags: &[bool], at: usize| flags.get(at).copied().unwrap_or(false);
    let of = |container: usize| match (at(&body, container), at(&strip, container)) {
        (true, true) => Said::Stripped,
        (true, false) => Said::Taken,
        (false, _) => Said::Left,
    };
    Some(page.blocks.iter().map(|block| of(block.container)).collect())
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

fn agreement(totals: &AllTotals, said: &[Said], probabilities: &[f32]) -> f32 {
    let (mut both, mut either) = (0.0f32, 0.0f32);
    for ((counts, said), chance) in totals.counts.iter().zip(said).zip(probabilities) {
        let taken = *said == Said::Taken;
        both += if taken { counts.words * chance } else { 0.0 };
        either += counts.words * if taken { 1.0 } else { *chance };
    }
    both / either.max(1.0)
}
