//! A host's robots.txt as it is remembered, and when it is asked for again (RFC 9309 2.3, 2.4).

use std::time::Duration;

use jiff::Timestamp;
use record::{Reason, ReasonKind};
use serde::{Deserialize, Serialize};

use crate::robots::Rules;

/// Longest that a copy is used, RFC 9309 2.4.
const LONGEST: Duration = Duration::from_hours(24);
/// Shortest, whatever the origin's `max-age` says: robots.txt is not to become a load itself.
const SHORTEST: Duration = Duration::from_hours(1);
/// First wait after a robots.txt could not be had; doubles up to a day.
const AGAIN: Duration = Duration::from_mins(5);
/// So long unreachable counts as absent, RFC 9309 2.3.1.4.
const GIVEN_UP: Duration = Duration::from_hours(30 * 24);

/// What is known about a host's robots.txt: a plain value, to be stored with the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// The rules last read; none where there is no robots.txt.
    pub rules: Rules,
    /// Is everything forbidden, because it could not be had?
    pub closed: bool,
    /// When it was last read or known to be absent.
    pub read_at: Option<Timestamp>,
    /// Since when it cannot be had.
    pub unreachable_since: Option<Timestamp>,
    /// How often in a row it could not be had.
    pub failures: u32,
    /// Why it could not be had: the code of the reason's kind, and its detail.
    #[serde(default)]
    pub trouble: Option<(String, String)>,
    /// When to ask again.
    pub expires: Timestamp,
}

/// How asking for a robots.txt ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome<'a> {
    /// A file, perhaps with how long it stays fresh.
    File(&'a [u8], Option<Duration>),
    /// There is none: a status of 400 to 499 but 429, or redirects without end.
    Absent,
    /// It cannot be had: 429, 5xx, no network.
    Unreachable(&'a Reason),
}

impl Copy {
    /// What to remember after asking, given what was remembered before.
    ///
    /// Unreachable means everything is forbidden, unless there are rules read within 30 days,
    /// which then go on; after 30 days out of reach it counts as absent.
    pub(crate) fn after(
        before: Option<&Self>,
        outcome: Outcome<'_>,
        product: &str,
        now: Timestamp,
    ) -> Self {
        let read = |rules, wait: Duration| Self {
            rules,
            closed: false,
            read_at: Some(now),
            unreachable_since: None,
            failures: 0,
            trouble: None,
            expires: later(now, wait),
        };
        match outcome {
            Outcome::File(bytes, fresh) => {
                let wait = fresh.map_or(LONGEST, |fresh| fresh.clamp(SHORTEST, LONGEST));
                read(Rules::parse(bytes, product), wait)
            }
            Outcome::Absent => read(Rules::default(), LONGEST),
            Outcome::Unreachable(reason) => Self::unreachable(before, reason, now),
        }
    }

    fn unreachable(before: Option<&Self>, reason: &Reason, now: Timestamp) -> Self {
        let since = before.and_then(|copy| copy.unreachable_since).unwrap_or(now);
        let failures = before.map_or(0, |copy| copy.failures) + 1;
        let wait = AGAIN.saturating_mul(1 << (failures - 1).min(10)).min(LONGEST);
        let within = |at: Timestamp| now.duration_since(at).unsigned_abs() < GIVEN_UP;
        let read_at = before.and_then(|copy| copy.read_at);
        let known = before.filter(|_| read_at.is_some_and(within));
        Self {
            rules: known.map(|copy| copy.rules.clone()).unwrap_or_default(),
            closed: known.is_none() && within(since),
            read_at,
            unreachable_since: Some(since),
            failures,
            trouble: Some((reason.kind.code().to_owned(), reason.detail.clone())),
            expires: later(now, wait),
        }
    }

    /// Is it time to ask again? Also when the clock went back by more than an hour: then nobody
    /// knows how old the copy is.
    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        now >= self.expires || self.expires > later(now, LONGEST + SHORTEST)
    }

    /// May this path (with its query) be asked for?
    #[must_use]
    pub fn allows(&self, path: &str) -> bool {
        !self.closed && self.rules.allows(path)
    }

    /// Why it forbids what it forbids. A host that could not be reached has forbidden nothing:
    /// then that is the reason.
    pub(crate) fn reason(&self) -> Reason {
        let trouble = self.trouble.as_ref().filter(|_| self.closed);
        let Some((code, detail)) = trouble else { return Reason::of(ReasonKind::Robots) };
        match ReasonKind::from_code(code) {
            Some(
                kind @ (ReasonKind::Dns
                | ReasonKind::Connect
                | ReasonKind::Tls
                | ReasonKind::Timeout
                | ReasonKind::BlockedAddress),
            ) => Reason::new(kind, detail.as_str()),
            _ => Reason::new(ReasonKind::Robots, format!("robots.txt could not be read: {detail}")),
        }
    }
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(hours: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hours * 3600).unwrap()
    }

    fn after(before: Option<&Copy>, outcome: Outcome<'_>, at: i64) -> Copy {
        Copy::after(before, outcome, "newsluice", hours(at))
    }

    const FILE: Outcome<'static> = Outcome::File(b"User-agent: *\nDisallow: /a\n", None);

    static REFUSED: Reason = Reason::of(ReasonKind::Connect);
    const DOWN: Outcome<'static> = Outcome::Unreachable(&REFUSED);

    #[test]
    fn who_could_not_be_reached_has_forbidden_nothing() {
        let why = |reason: &Reason| after(None, Outcome::Unreachable(reason), 0).reason();
        for kind in [ReasonKind::Dns, ReasonKind::Connect, ReasonKind::BlockedAddress] {
            assert_eq!(why(&Reason::new(kind, "so")), Reason::new(kind, "so"));
        }
        let busy = why(&Reason::new(ReasonKind::HttpStatus, "503 busy"));
        assert_eq!(
            busy.to_string(),
            "robots.txt forbids it: robots.txt could not be read: 503 busy"
        );
        let read = after(Some(&after(None, DOWN, 0)), FILE, 1);
        assert_eq!(read.reason(), Reason::of(ReasonKind::Robots));
    }

    #[test]
    fn a_file_is_kept_for_a_day() {
        let copy = after(None, FILE, 0);
        assert!(copy.allows("/b") && !copy.allows("/a"));
        assert!(!copy.is_stale(hours(23)) && copy.is_stale(hours(24)) && copy.is_stale(hours(-2)));
        for (fresh, expires) in [(1, 1), (7200, 2), (999_999, 24)] {
            let fresh = Some(Duration::from_secs(fresh));
            assert_eq!(after(None, Outcome::File(b"", fresh), 0).expires, hours(expires));
        }
    }

    #[test]
    fn absent_means_yes_and_unreachable_means_no() {
        assert!(after(None, Outcome::Absent, 0).allows("/"));
        let closed = after(None, DOWN, 0);
        assert!(!closed.allows("/"));
        assert!(closed.is_stale(hours(1)));
        let month = after(Some(&closed), DOWN, 30 * 24);
        assert!(month.allows("/"));
        assert_eq!(month.failures, 2);
    }

    #[test]
    fn known_rules_go_on_while_it_cannot_be_had() {
        let known = after(None, FILE, 0);
        let kept = after(Some(&known), DOWN, 24);
        assert!(kept.allows("/b") && !kept.allows("/a"));
        let again = after(Some(&kept), FILE, 48);
        assert_eq!((again.failures, again.unreachable_since), (0, None));
    }

    #[test]
    fn waits_double_up_to_a_day() {
        let mut copy = after(None, DOWN, 0);
        for _ in 0..20 {
            copy = after(Some(&copy), DOWN, 0);
        }
        assert_eq!(copy.expires, hours(24));
    }
}
