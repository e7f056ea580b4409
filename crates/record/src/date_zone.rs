//! Which zone a publisher's calendar day is counted in.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Where the zone of a record's day came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateZone {
    /// The page or feed gave the offset itself.
    Given,
    /// The source's setting.
    Setting,
    /// The feed's own zone.
    Feed,
    /// The host's zone as learned.
    Host,
    /// Nothing was known: UTC.
    Utc,
}

/// The zones to try, in this order, for a time that was stated without an offset.
#[derive(Debug, Clone, Default)]
pub struct Zones {
    /// The source's setting.
    pub setting: Option<TimeZone>,
    /// The zone that the feed's other dates carry.
    pub feed: Option<TimeZone>,
    /// The zone that the host's other pages carry.
    pub host: Option<TimeZone>,
}

impl Zones {
    /// The first zone known, and which it was; UTC when none is.
    #[must_use]
    pub fn pick(&self) -> (TimeZone, DateZone) {
        let known = [
            (&self.setting, DateZone::Setting),
            (&self.feed, DateZone::Feed),
            (&self.host, DateZone::Host),
        ];
        known
            .into_iter()
            .find_map(|(zone, from)| zone.clone().map(|zone| (zone, from)))
            .unwrap_or((TimeZone::UTC, DateZone::Utc))
    }
}
