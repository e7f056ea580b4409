use store::{FeedDay, FeedInfo, Refused};

use super::{Advice, advise};
use crate::source::checkup::tests::{feed, good, known, now};
use crate::source::checkup::{Checkup, Known};

fn about(known: Known) -> Vec<Advice> {
    advise(&Checkup::of(known, 28, now()))
}

#[track_caller]
fn only(known: Known, code: &str, says: &str, command: &str) {
    let given = about(known);
    assert_eq!(given.len(), 1, "{given:#?}");
    assert_eq!(given[0].code, code, "{given:#?}");
    assert!(given[0].says.contains(says), "{}", given[0].says);
    assert_eq!(given[0].command, format!("newsluice {command}"));
}

fn failed(failures: u32, code: &str, detail: &str) -> Known {
    let problem = Some((code.to_owned(), detail.to_owned()));
    known(FeedInfo { failures, problem, ..feed() }, good)
}

fn refused(known: Known, code: &str) -> Known {
    let example = "https://example.org/x?y=1&z='$(id)'".to_owned();
    let refused = Refused { feed: feed().feed, code: code.to_owned(), count: 9, example };
    Known { refused: vec![refused], ..known }
}

fn with(settings: &str, of_day: impl Fn(i64) -> FeedDay) -> Known {
    known(FeedInfo { settings: Some(settings.to_owned()), ..feed() }, of_day)
}

#[test]
fn a_source_that_is_well_paused_or_new_needs_nothing() {
    assert_eq!(about(known(feed(), good)), []);
    assert_eq!(about(known(FeedInfo { state: "paused".into(), ..feed() }, good)), []);
    let new = FeedInfo { polled_at: None, changed_at: None, ..feed() };
    assert_eq!(about(known(new, |_| FeedDay::default())), []);
    assert_eq!(about(failed(1, "timeout", "30 s")), [], "a bad minute");
}

#[test]
fn what_fails_gets_the_remedy_of_its_reason() {
    let gone = FeedInfo { state: "gone".into(), failures: 1, ..feed() };
    only(known(gone, good), "gone", "gone for good", "feed rm 3");
    only(failed(12, "dns", ""), "dead", "12 times in a row", "feed rm 3");
    let discover = "feed discover https://example.org/";
    only(failed(12, "not-found", "404"), "dead", "another feed", discover);
    only(failed(1, "not-a-feed", "html"), "failing", "another feed", discover);
    let set = "feed set 3 --credential basic:USER:file:/path/to/password";
    only(failed(1, "http-status", "403 forbidden"), "failing", "set credentials", set);
    let clear = "feed set 3 --clear credential --clear headers";
    only(failed(1, "settings", "env:KEY: not set"), "failing", "its place again", clear);
    only(failed(1, "blocked-address", ""), "failing", "fetch.allow_nets", "feed rm 3");
    let fetch = "fetch https://example.org/feed";
    only(failed(4, "timeout", ""), "failing", "4 times in a row", fetch);
}

#[test]
fn a_move_that_cannot_be_followed_is_told() {
    let schedule = r#"{"moving":["https://new.example/feed",2]}"#.to_owned();
    let moving = FeedInfo { schedule: Some(schedule), ..feed() };
    only(known(moving, good), "moved", "credentials", "feed add https://new.example/feed");
}

#[test]
fn silence_and_gaps_are_told_by_its_own_rhythm() {
    let since = now() - jiff::SignedDuration::from_hours(10 * 24);
    let silent = FeedInfo { changed_at: Some(since), ..feed() };
    let of_day = |ago| if ago > 10 { good(ago) } else { FeedDay { polls: 24, ..good(ago) } };
    let of_day = |ago| FeedDay { new_items: if ago > 10 { 4 } else { 0 }, ..of_day(ago) };
    let discover = "feed discover https://example.org/";
    only(known(silent, of_day), "silent", "for 9 d where something came about", discover);
    let torn = |ago| FeedDay { overruns: u64::from(ago == 3), ..good(ago) };
    only(known(feed(), torn), "gaps", "once: poll more", "feed set 3 --interval 30m");
    let clear = "feed set 3 --clear interval";
    only(with(r#"{"interval":"6h"}"#, torn), "gaps", "is yours", clear);
}

#[test]
fn pages_that_give_nothing_get_another_way_to_the_text() {
    let feed_text = "feed set 3 --full-text feed";
    let walled = |ago| FeedDay { walls: 2, ..good(ago) };
    only(refused(known(feed(), walled), "bot-wall"), "walls", "against programs", feed_text);
    let paid = "feed set 3 --credential cookie:file:/path/to/cookie";
    only(refused(known(feed(), walled), "paywall"), "walls", "subscribers", paid);
    let shells = |ago| FeedDay { no_text: 9, ..good(ago) };
    only(known(feed(), shells), "no-text", "no article", feed_text);
    let short = |ago| FeedDay { text_bytes: 400, ..good(ago) };
    let page_text = "feed set 3 --full-text page";
    only(with(r#"{"full_text":"feed"}"#, short), "teasers", "teasers of 100 B", page_text);
    let lost = |ago| FeedDay { broken: 9, ..good(ago) };
    let retry = "retry --feed https://example.org/feed";
    only(refused(known(feed(), lost), "timeout"), "lost-pages", "(timeout)", retry);
}

#[test]
fn a_broken_layout_leads_to_one_of_its_pages_and_no_stranger_s_url_to_the_shell() {
    let broken = |ago| FeedDay { no_text: 4, stored: 0, text_bytes: 0, ..good(ago) };
    let of_day = |ago| if ago < 3 { broken(ago) } else { good(ago) };
    let explain = "explain 'https://example.org/x?y=1&z=%27$(id)%27'";
    let says = "fell from 100 % to 0 % in 3 days";
    only(refused(known(feed(), of_day), "no-body"), "layout", says, explain);
}

#[test]
fn what_costs_more_than_it_brings_is_told() {
    let copying = |ago| FeedDay { duplicates: 4, ..good(ago) };
    let copied = store::CopiedFrom {
        feed: feed().url,
        of: "https://wire.example/feed".to_owned(),
        count: 90,
    };
    let known_copies = Known { copied: Some(copied), ..known(feed(), copying) };
    only(known_copies, "copies", "most of them of https://wire.example/feed", "feed rm 3");
    let rare = |ago| FeedDay { new_items: u64::from(ago % 10 == 0), ..good(ago) };
    only(
        known(feed(), rare),
        "polls",
        "672 polls brought 3 new items",
        "feed set 3 --interval 120h",
    );
    let filtered = |ago| FeedDay { filtered: 9, stored: 0, text_bytes: 0, ..good(ago) };
    only(known(feed(), filtered), "filters", "252 of 252", "feed filter test 3");
}
