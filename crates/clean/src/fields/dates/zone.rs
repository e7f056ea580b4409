//! Which clock a time was read from.
//!
//! Systems print UTC where the paper shows its own time. Where the same moment is stated
//! twice, with UTC and with another offset, or in UTC and as the local time that readers see,
//! the paper's own clock counts its day.

use jiff::tz::Offset;
use record::date::Stated;
use record::{DateZone, Published};

use super::Vote;
use crate::fields::Context;

/// Farthest offsets in use, in seconds: UTC-12 and UTC+14.
const WEST: i64 = -12 * 3600;
const EAST: i64 = 14 * 3600;
/// Offsets are multiples of this many seconds.
const STEP: i64 = 900;
/// Two statements of one moment may differ by this many seconds.
const SLACK: i64 = 60;

/// Gives moments in UTC the offset that another statement of the same moment has.
pub(super) fn unify(votes: &mut [Vote]) {
    let known: Vec<Vote> = votes.to_vec();
    for vote in votes.iter_mut() {
        let Stated::Instant { instant, offset } = vote.stated else { continue };
        if offset != Offset::UTC {
            continue;
        }
        let second = instant.as_second();
        let given = known.iter().find_map(|other| match other.stated {
            Stated::Instant { instant, offset } if offset != Offset::UTC => {
                ((instant.as_second() - second).abs() <= SLACK).then_some(offset)
            }
            _ => None,
        });
        let shown =
            || known.iter().filter(|o| o.about == vote.about).find_map(|o| shown(o, second));
        if let Some(offset) = given.or_else(shown) {
            vote.stated = Stated::Instant { instant, offset };
        }
    }
}

/// The offset by which a local time that is shown differs from the moment, if it can be one.
fn shown(vote: &Vote, second: i64) -> Option<Offset> {
    let Stated::Local(_) = vote.stated else { return None };
    if vote.weight < 0.4 {
        return None;
    }
    let difference = vote.stated.instant_utc()?.as_second() - second;
    let rounded = (difference + STEP / 2).div_euclid(STEP) * STEP;
    // What is shown is cut to the minute: up to a minute less than the moment.
    let same_minute = (difference - rounded).abs() <= SLACK;
    let half_hours = rounded % 1800 == 0;
    let possible = (WEST..=EAST).contains(&rounded) && same_minute && half_hours;
    Offset::from_seconds(i32::try_from(rounded).ok()?).ok().filter(|_| possible)
}

/// The most exact of the votes for one day: with an offset of its own, else with a time,
/// strongest first among equals.
pub(super) fn most_exact<'v>(votes: &[&'v Vote]) -> Option<&'v Vote> {
    let rank = |vote: &Vote| match vote.stated {
        Stated::Instant { offset, .. } if offset != Offset::UTC => 3,
        Stated::Instant { .. } => 2,
        Stated::Local(_) => 1,
        Stated::Day(_) => 0,
    };
    let strong = votes.iter().map(|v| v.weight).fold(0.0, f32::max) * 0.6;
    let believed = votes.iter().copied().filter(|v| v.weight >= strong);
    believed.reduce(|a, b| if rank(b) > rank(a) { b } else { a })
}

/// What a vote means in the publisher's calendar, and where the zone came from.
pub(super) fn stated(
    vote: &Vote,
    votes: &[Vote],
    context: &Context<'_>,
) -> (Published, Option<DateZone>) {
    if let Stated::Local(time) = vote.stated {
        // Another statement of the same day that has an offset gives it to this one.
        let offset = votes.iter().filter(|v| v.day() == vote.day()).find_map(|v| match v.stated {
            Stated::Instant { offset, .. } if offset != Offset::UTC => Some(offset),
            _ => None,
        });
        let instant = offset.and_then(|o| Some((o.to_timestamp(time).ok()?, o)));
        if let Some((instant, offset)) = instant {
            return (Published::At { instant, offset }, Some(DateZone::Given));
        }
    }
    vote.stated.published(&context.hints.zones)
}
