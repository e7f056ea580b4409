//! Advice on a source whose articles are hardly wanted.

use super::command::remove;
use super::{Advice, FEW, advice};
use crate::source::checkup::{Checkup, articles, share};

pub(super) fn filtered(c: &Checkup) -> Option<Advice> {
    let all = c.sum.filtered + articles(&c.sum);
    if all < 4 * FEW || share(c.sum.filtered, all) < 0.95 {
        return None;
    }
    let says = format!("its filters took {} of {all} articles: see whether you want that", {
        c.sum.filtered
    });
    Some(advice("filters", says, format!("feed filter test {}", c.feed.feed.number())))
}

pub(super) fn copies(c: &Checkup) -> Option<Advice> {
    if c.sum.stored < 4 * FEW || share(c.sum.duplicates, c.sum.stored) < 0.9 {
        return None;
    }
    let of = c.copied.as_ref().map(|copied| format!(", most of them of {}", copied.of));
    let says = format!(
        "{} of {} articles are copies{}: it brings next to nothing of its own",
        c.sum.duplicates,
        c.sum.stored,
        of.unwrap_or_default()
    );
    Some(advice("copies", says, remove(c)))
}
