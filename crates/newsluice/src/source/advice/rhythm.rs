//! Advice on a source that is polled too rarely, too often, or in vain.

use std::time::Duration;

use super::command::{discover, set};
use super::{Advice, advice};
use crate::source::checkup::Checkup;
use crate::source::health::Standing;
use crate::source::words::{count, span};

pub(super) fn silent(c: &Checkup) -> Option<Advice> {
    if c.standing == Standing::Failing || !c.is_stale() {
        return None;
    }
    let silence = span(c.silence?);
    let rhythm = c.rhythm.map(|gap| format!(" where something came about every {}", span(gap)));
    let says = format!(
        "it answers and brought nothing new for {silence}{}: see whether its site has another \
         feed by now",
        rhythm.unwrap_or_default()
    );
    Some(advice("silent", says, discover(c)))
}

pub(super) fn gaps(c: &Checkup) -> Option<Advice> {
    if c.sum.overruns == 0 {
        return None;
    }
    let says = format!(
        "entries came and went between two polls, {}: poll more often",
        if c.sum.overruns == 1 { "once".into() } else { count(c.sum.overruns, "time") }
    );
    let between = c.days * 86_400.0 / c.sum.polls.max(1) as f64;
    let set_by_hand = c.settings.interval.is_some();
    let minutes = (between / 120.0).clamp(5.0, 360.0);
    Some(if set_by_hand {
        advice("gaps", format!("{says}: its interval is yours"), set(c, "--clear interval"))
    } else {
        advice("gaps", says, set(c, &format!("--interval {minutes:.0}m")))
    })
}

/// Polls that bring nothing: many for each new item, the more so where each of them is a whole
/// document.
pub(super) fn polls(c: &Checkup) -> Option<Advice> {
    const LONGEST: Duration = Duration::from_hours(7 * 24);
    let most = if c.feed.has_validators { 50 } else { 15 };
    let between = Duration::from_secs_f64(c.days * 86_400.0 / c.sum.polls.max(1) as f64);
    let rhythm = c.rhythm.unwrap_or(LONGEST);
    let better = (rhythm / 2).min(LONGEST);
    let is_wasteful = c.sum.polls >= 30 && c.sum.polls > most * c.sum.new_items;
    if c.standing == Standing::Failing || c.is_stale() || !is_wasteful || better < between * 2 {
        return None;
    }
    let hours = better.as_secs().div_ceil(3600);
    let says = format!(
        "{} brought {}{}: poll it less",
        count(c.sum.polls, "poll"),
        count(c.sum.new_items, "new item"),
        if c.feed.has_validators { "" } else { ", each of them in full" }
    );
    Some(advice("polls", says, set(c, &format!("--interval {hours}h"))))
}
