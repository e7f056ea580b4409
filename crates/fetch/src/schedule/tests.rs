use proptest::prelude::*;

use super::*;

fn at(seconds: i64) -> Timestamp {
    // 2027-01-15T08:00:00Z, a Friday.
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn rules() -> Rules {
    Rules::default()
}

fn every(seconds: u64) -> Rules {
    Rules { interval: Some(Duration::from_secs(seconds)), ..rules() }
}

fn fresh(seconds: u64) -> Freshness {
    Freshness { fresh_for: Some(Duration::from_secs(seconds)) }
}

fn read(state: &FeedState, hints: &PollHints, freshness: Freshness, rules: &Rules) -> FeedState {
    state.after(Polled::Read { new: 0, hints, freshness, moved: None }, rules, 0.0, at(0))
}

fn fail(state: &FeedState, kind: ReasonKind, rules: &Rules, seconds: i64) -> FeedState {
    let failed = Polled::Failed { kind, retry_at: None };
    state.after(failed, rules, 0.0, at(seconds))
}

fn wait(state: &FeedState) -> i64 {
    state.due.unwrap().duration_since(at(0)).as_secs()
}

#[test]
fn the_longest_of_what_is_asked_for_decides() {
    let none = PollHints::default();
    let ttl = PollHints { ttl_minutes: Some(1), ..none.clone() };
    let hourly = PollHints { update_period_seconds: Some(3600), ..ttl.clone() };
    let new = FeedState::default();
    let cases = [
        (&none, Freshness::default(), 2, Because::Interval),
        (&none, fresh(12), 12, Because::Freshness),
        (&none, fresh(1), 2, Because::Interval),
        (&ttl, fresh(12), 60, Because::Ttl),
        (&ttl, fresh(90), 90, Because::Freshness),
        (&hourly, fresh(90), 3600, Because::UpdatePeriod),
    ];
    for (hints, freshness, expected, because) in cases {
        let state = read(&new, hints, freshness, &every(2));
        assert_eq!((wait(&state), state.because), (expected, because));
    }
}

#[test]
fn hints_outlive_a_304() {
    let ttl = PollHints { ttl_minutes: Some(10), ..PollHints::default() };
    let state = read(&FeedState::default(), &ttl, Freshness::default(), &every(2));
    let polled = Polled::NotModified { freshness: Freshness::default(), moved: None };
    assert_eq!(wait(&state.after(polled, &every(2), 0.0, at(0))), 600);
}

#[test]
fn absurd_hints_silence_nobody() {
    let hints = PollHints {
        ttl_minutes: Some(u64::MAX),
        update_period_seconds: Some(u64::MAX),
        skip_hours: (0..24).collect(),
        skip_days: (1..=7).collect(),
    };
    let state = read(&FeedState::default(), &hints, fresh(u64::from(u32::MAX)), &every(2));
    assert_eq!(wait(&state), 2 * 24 * 3600);
}

#[test]
fn skipped_hours_are_waited_out() {
    let hints = PollHints { skip_hours: vec![8, 9], ..PollHints::default() };
    let state = read(&FeedState::default(), &hints, Freshness::default(), &every(2));
    assert_eq!((wait(&state), state.because), (2 * 3600, Because::Skip));
    for (skip_days, hours) in
        [(vec![5, 6, 7], 64), (vec![1, 2, 3, 4, 5, 6], 40), (vec![5, 6, 7, 1], 24)]
    {
        let hints = PollHints { skip_days, ..PollHints::default() };
        let state = read(&FeedState::default(), &hints, Freshness::default(), &every(0));
        assert_eq!(wait(&state), hours * 3600);
    }
}

#[test]
fn failures_wait_longer_and_longer_but_not_for_good() {
    let mut state = FeedState::default();
    let waits: Vec<_> = (0..20)
        .map(|_| {
            state = fail(&state, ReasonKind::HttpStatus, &every(2), 0);
            wait(&state)
        })
        .collect();
    assert_eq!(waits[..5], [3, 6, 12, 24, 48]);
    assert_eq!(waits[19], 24 * 3600);
    assert_eq!(state.standing, Standing::Live);
    let healed = read(&state, &PollHints::default(), Freshness::default(), &every(2));
    assert_eq!((wait(&healed), healed.failures), (2, 0));
}

#[test]
fn retry_after_holds_a_feed_beyond_its_back_off() {
    let failed =
        |seconds| Polled::Failed { kind: ReasonKind::HttpStatus, retry_at: Some(at(seconds)) };
    let state = FeedState::default().after(failed(100), &every(2), 0.0, at(0));
    assert_eq!((wait(&state), state.because), (100, Because::Hold));
    let state = FeedState::default().after(failed(1), &every(2), 0.0, at(0));
    assert_eq!((wait(&state), state.because), (3, Because::BackOff));
    let state = FeedState::default().after(failed(1_000_000), &every(2), 0.0, at(0));
    assert_eq!(wait(&state), 24 * 3600);
}

#[test]
fn what_was_not_sent_counts_for_nothing() {
    let unsent = Polled::Failed { kind: ReasonKind::HostHold, retry_at: Some(at(7)) };
    let state = FeedState::default().after(unsent, &every(2), 0.0, at(0));
    assert_eq!((wait(&state), state.failures, state.polled_at), (7, 0, None));
}

#[test]
fn gone_is_gone_until_revived() {
    let state = fail(&FeedState::default(), ReasonKind::Gone, &rules(), 0);
    assert_eq!((state.standing, state.due), (Standing::Gone, None));
    assert!(!state.is_due(&rules(), at(1_000_000_000)));
    assert!(state.revive().is_due(&rules(), at(0)));
}

#[test]
fn a_dead_feed_is_retired_and_comes_back() {
    let mut state = FeedState::default();
    let day = 24 * 3600;
    for n in 0..40 {
        state = fail(&state, ReasonKind::Dns, &rules(), n * 3 * day);
    }
    assert_eq!(state.standing, Standing::Retired);
    assert_eq!(state.due, Some(at(39 * 3 * day + 30 * day)));
    assert!(state.is_due(&rules(), at(39 * 3 * day + 30 * day)));
    let back = read(&state, &PollHints::default(), Freshness::default(), &rules());
    assert_eq!(back.standing, Standing::Live);
}

#[test]
fn a_feed_moves_at_the_second_sighting() {
    let polled = |moved| Polled::NotModified { freshness: Freshness::default(), moved };
    let step = |state: &FeedState, moved| state.after(polled(moved), &every(2), 0.0, at(0));
    let once = step(&FeedState::default(), Some("https://new.test/"));
    assert_eq!(once.moved_to(), None);
    assert_eq!(step(&once, Some("https://new.test/")).moved_to(), Some("https://new.test/"));
    assert_eq!(step(&once, Some("https://other.test/")).moved_to(), None);
    assert_eq!(step(&once, None).moving, None);
}

#[test]
fn a_clock_that_goes_back_stops_no_feed() {
    let state = read(&FeedState::default(), &PollHints::default(), Freshness::default(), &rules());
    assert!(!state.is_due(&rules(), at(1)));
    assert!(state.is_due(&rules(), at(-40 * 24 * 3600)));
}

#[test]
fn states_come_back_from_json() {
    let state = fail(&FeedState::default(), ReasonKind::Timeout, &rules(), 5);
    let json = serde_json::to_string(&state).unwrap();
    assert_eq!(serde_json::from_str::<FeedState>(&json).unwrap(), state);
    assert_eq!(serde_json::from_str::<FeedState>("{}").unwrap(), FeedState::default());
}

proptest! {
    /// Whatever is asked for: never sooner than our own rhythm, never later than the caps.
    #[test]
    fn due_times_stay_in_bounds(
        ttl: Option<u64>,
        period: Option<u64>,
        hours in prop::collection::vec(0..24u8, 0..25),
        days in prop::collection::vec(1..8u8, 0..8),
        age in prop::option::of(0..u64::from(u32::MAX)),
        new in 0..500usize,
        jitter in 0.0..1.0f64,
    ) {
        let hints = PollHints {
            ttl_minutes: ttl,
            update_period_seconds: period,
            skip_hours: hours,
            skip_days: days,
        };
        let freshness = Freshness { fresh_for: age.map(Duration::from_secs) };
        let polled = Polled::Read { new, hints: &hints, freshness, moved: None };
        let state = FeedState { polled_at: Some(at(-600)), ..FeedState::default() };
        let after = state.after(polled, &rules(), jitter, at(0));
        let wait = after.due.unwrap().duration_since(at(0)).unsigned_abs();
        prop_assert!(wait >= rules().min_interval);
        prop_assert!(wait <= rules().longest());
        prop_assert!(wait >= age.map(Duration::from_secs).unwrap_or_default().min(rules().max_hint));
    }
}
