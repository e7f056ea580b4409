use std::collections::HashMap;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

const DAY: i64 = 86_400;

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + day * DAY).unwrap()
}

/// Reports of made events: each event has its own names, each report its own choice of them.
fn report(event: u64, variant: u64) -> (String, String) {
    let name = |i: u64| format!("Kel{event}vor{i}");
    let word = |i: u64| format!("mur{event}den{i}");
    let place = format!("Dorn{event}stad");
    let title = format!("{} {} from {} in {place}", name(variant % 3), word(1), word(2));
    let body = format!(
        "{} in {place} {} {} and {}, police said.\n\
         {} rose by {}.{} metres near the {} bridge. {} {}.",
        word(3),
        word(4),
        name(variant % 3),
        name((variant + 1) % 3),
        word(5),
        event + 2,
        event % 10,
        name(7),
        name(8 + variant % 2),
        word(6 + variant % 2),
    );
    (title, body)
}

struct Fed {
    id: RecordId,
    title: String,
    body: String,
    day: i64,
}

fn feed(picks: &[(u64, u64, i64)]) -> Vec<Fed> {
    let make = |(i, &(event, variant, day)): (usize, &(u64, u64, i64))| {
        let (title, body) = report(event, variant);
        Fed { id: RecordId(1000 + i as u64), title, body, day }
    };
    picks.iter().enumerate().map(make).collect()
}

fn assign(stories: &mut Stories, fed: &Fed, sequence: u64) -> Membership {
    stories.assign(&Member {
        id: fed.id,
        title: &fed.title,
        body: &fed.body,
        lang: Some("en"),
        time: at(fed.day),
        sequence,
    })
}

/// The database as far as stories go.
#[derive(Default)]
struct Rows {
    rows: Vec<(RecordId, i64, u64, Vec<u8>, StoryId)>,
    born: HashMap<StoryId, u64>,
}

impl Rows {
    fn keep(&mut self, fed: &Fed, sequence: u64, assignment: &Membership) {
        self.born.insert(StoryId(fed.id.0), sequence);
        for merge in &assignment.merged {
            self.rows.iter_mut().filter(|r| r.4 == merge.gone).for_each(|r| r.4 = merge.kept);
        }
        let (sketch, story) = (assignment.sketch.clone(), assignment.story);
        self.rows.push((fed.id, fed.day, sequence, sketch, story));
    }

    fn restore(&self, settings: Settings) -> Stories {
        let next = self.rows.last().map_or(0, |row| row.2 + 1);
        let oldest = next.saturating_sub(settings.horizon);
        let mut stories = Stories::new(settings);
        for (id, day, sequence, sketch, story) in self.rows.iter().filter(|r| r.2 >= oldest) {
            stories.restore(&Stored {
                id: *id,
                lang: Some("en"),
                time: at(*day),
                sequence: *sequence,
                sketch,
                story: *story,
                born: self.born[story],
            });
        }
        stories
    }
}

#[test]
fn reports_of_one_event_are_one_story() {
    let feed = feed(&[(1, 0, 0), (2, 0, 0), (1, 1, 0), (1, 2, 1), (2, 1, 1)]);
    let mut stories = Stories::new(Settings::default());
    let found: Vec<u64> = feed
        .iter()
        .enumerate()
        .map(|(i, f)| assign(&mut stories, f, i as u64 + 1).story.0)
        .collect();
    assert_eq!(found, [1000, 1001, 1000, 1000, 1001]);
}

#[test]
fn a_story_ends_with_its_window() {
    let feed = feed(&[(1, 0, 0), (1, 1, 9)]);
    let mut stories = Stories::new(Settings::default());
    assign(&mut stories, &feed[0], 1);
    assert!(matches!(assign(&mut stories, &feed[1], 2).basis, Basis::First { nearest: None }));
}

#[test]
fn the_reason_names_the_shared_terms() {
    let feed = feed(&[(1, 0, 0), (1, 1, 0)]);
    let mut stories = Stories::new(Settings::default());
    assign(&mut stories, &feed[0], 1);
    let Basis::Alike(near) = assign(&mut stories, &feed[1], 2).basis else { panic!("apart") };
    assert!(near.score >= near.threshold);
    assert!(near.shared.iter().any(|s| s.term == "Dorn1stad"), "{:?}", near.shared);
}

#[test]
fn decisions_overrule_likeness_and_stick() {
    let feed = feed(&[(1, 0, 0), (1, 1, 0), (2, 0, 0)]);
    let mut stories = Stories::new(Settings::default());
    stories.note(Decision::Apart(feed[0].id, feed[1].id));
    stories.note(Decision::Together(feed[0].id, feed[2].id));
    let found: Vec<u64> =
        feed.iter().zip(1..).map(|(f, i)| assign(&mut stories, f, i).story.0).collect();
    assert_eq!(found, [1000, 1001, 1000]);
}

#[test]
fn the_headline_is_the_report_nearest_to_all() {
    let feed = feed(&[(1, 0, 0), (2, 0, 0), (1, 1, 0), (1, 2, 0), (1, 4, 0)]);
    let mut stories = Stories::new(Settings::default());
    let found: Vec<_> = feed.iter().zip(1..).map(|(f, i)| assign(&mut stories, f, i)).collect();
    assert_eq!(found[0].headlines, [(StoryId(1000), RecordId(1000))]);
    assert_eq!(found[3].headlines, [], "chosen when a story has doubled");
    let [(story, headline)] = found[4].headlines[..] else { panic!("{:?}", found[4]) };
    assert_eq!(story, StoryId(1000));
    assert!(feed.iter().any(|f| f.id == headline && f.id != RecordId(1001)));
}

#[test]
fn a_story_without_end_chooses_its_headline_ever_more_seldom() {
    let feed = feed(&(0..1_100).map(|n| (1, n, 0)).collect::<Vec<_>>());
    let mut stories = Stories::new(Settings::default());
    let chosen = feed.iter().zip(1..).map(|(f, i)| assign(&mut stories, f, i).headlines.len());
    assert_eq!(chosen.sum::<usize>(), 11, "1, 2, 4 … 1,024 members");
}

#[test]
fn languages_meet_in_names_and_figures() {
    let titles = [
        ("Earthquake in Kahramanmaras: 7.8 magnitude, 2,300 dead in Gaziantep", "en"),
        ("Erdbeben in Kahramanmaras: Stärke 7.8, 2,300 Tote in Gaziantep", "de"),
        ("Bundesliga: Dortmund gewinnt 3:1 gegen Leverkusen", "de"),
    ];
    let mut stories = Stories::new(Settings::default());
    let mut found = Vec::new();
    for ((title, lang), sequence) in titles.into_iter().zip(1..) {
        let (id, body, lang, time) = (RecordId(sequence), "", Some(lang), at(0));
        found.push(stories.assign(&Member { id, title, body, lang, time, sequence }).story.0);
    }
    assert_eq!(found, [1, 1, 3]);
}

#[test]
fn a_story_in_another_language_is_joined_by_less() {
    let titles = [
        ("Nicolas Féraud, mayor of Crans-Montana, admits lapses", "fr"),
        ("Nicolas Feraud, mayor of Crans-Montana, admits lapses", "en"),
        ("Nicolas Feraud, mayor of Crans-Montana, admits lapses", "en"),
    ];
    let mut stories = Stories::new(Settings::default());
    let mut thresholds = Vec::new();
    for ((title, lang), sequence) in titles.into_iter().zip(1..) {
        let (id, body, lang, time) = (RecordId(sequence), "", Some(lang), at(0));
        let member = Member { id, title, body, lang, time, sequence };
        if let Basis::Alike(near) = stories.assign(&member).basis {
            assert!(near.shared.iter().any(|shared| shared.term == "Feraud"), "{near:?}");
            thresholds.push(near.threshold);
        }
    }
    let [foreign, own] = thresholds[..] else { panic!("{thresholds:?}") };
    assert!((foreign / own - Settings::default().weights.foreign).abs() < 1e-9);
}

/// Long enough for what the stream left behind to be forgotten, on both sides of the kill.
#[test]
fn a_restart_changes_nothing_after_forgetting() {
    let picks: Vec<_> = (0..11_500_u64)
        .map(|i| (i / 9 * 5 + i % 3, i % 7, i.cast_signed() / 300 - i64::from(i % 40 == 0) * 6))
        .collect();
    let mut feed = feed(&picks);
    for fed in &mut feed {
        fed.body.clear();
    }
    let (mut unbroken, mut rows) = (Stories::new(Settings::default()), Rows::default());
    let mut restored = None;
    for (fed, sequence) in feed.iter().zip(1..) {
        if sequence == 11_100 {
            restored = Some(rows.restore(Settings::default()));
        }
        let expected = assign(&mut unbroken, fed, sequence);
        if let Some(restored) = &mut restored {
            assert_eq!(assign(restored, fed, sequence), expected);
        }
        if restored.is_none() {
            rows.keep(fed, sequence, &expected);
        }
    }
    assert!(unbroken.remembered() < 10_500, "{}", unbroken.remembered());
}

#[test]
fn memory_is_bounded_by_the_horizon() {
    let picks: Vec<_> = (0..60).map(|i| (i % 7, i, 0)).collect();
    let mut stories = Stories::new(Settings { horizon: 20, ..Settings::default() });
    for (f, i) in feed(&picks).iter().zip(1..) {
        assign(&mut stories, f, i);
        assert!(stories.remembered() <= 21);
    }
}

proptest! {
    /// Killed after any record and restored from the rows, it goes on as if nothing had been.
    #[test]
    fn a_restart_changes_nothing(
        picks in proptest::collection::vec((0..6_u64, 0..9_u64, 0..5_i64), 2..60),
        kill in 0.0..1.0_f64,
        horizon in 5..60_u64,
    ) {
        let settings = Settings { horizon, merge_every: 8, ..Settings::default() };
        let feed = feed(&picks);
        let kill = (feed.len() as f64 * kill) as usize;
        let mut unbroken = Stories::new(settings.clone());
        let mut rows = Rows::default();
        let mut restored = None;
        for (i, fed) in feed.iter().enumerate() {
            let sequence = i as u64 + 1;
            if i == kill {
                restored = Some(rows.restore(settings.clone()));
            }
            let expected = assign(&mut unbroken, fed, sequence);
            if let Some(restored) = &mut restored {
                prop_assert_eq!(&assign(restored, fed, sequence), &expected);
            }
            rows.keep(fed, sequence, &expected);
        }
    }

    #[test]
    fn any_text_has_a_story(title in "\\PC{0,40}", body in "\\PC{0,80}") {
        let mut stories = Stories::new(Settings::default());
        let id = RecordId(7);
        let member =
            Member { id, title: &title, body: &body, lang: None, time: at(0), sequence: 1 };
        prop_assert_eq!(stories.assign(&member).story, StoryId(7));
    }
}
