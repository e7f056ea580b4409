//! What passes between the memory of a crawl about hosts and the database's.

use std::collections::{HashMap, HashSet};

use fetch::trust::{Ask, Trust};
use fetch::{Client, HostKey, HostMemory};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{HostState, Reader, StoreError};

use super::fetched::Told;

/// What is stored of a host.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Note {
    #[serde(flatten)]
    memory: HostMemory,
    trust: Trust,
}

/// Of so many 304s of a host the first is noted: when the next check is due needs no exact count,
/// and a note costs more than the rest of such a poll. The first that a process hears always is,
/// or the count would never grow where each run is short.
const NOTED: u32 = 10;

/// What a crawl knows of hosts beside its client.
pub(super) struct HostNotes {
    /// After how many 304s one is checked; 0 = never.
    verify_304: u32,
    /// Hosts whose stored memory the client has.
    met: HashSet<String>,
    /// What their 304s are worth.
    trust: HashMap<String, Trust>,
    /// How many of them were counted when that was last noted.
    noted: HashMap<String, u32>,
    /// Hosts about which something is to be stored, once an envelope of theirs comes by.
    changed: HashSet<String>,
}

impl HostNotes {
    /// Nothing known yet.
    pub(super) fn new(verify_304: u32) -> Self {
        let (met, trust, noted, changed) = Default::default();
        Self { verify_304, met, trust, noted, changed }
    }

    /// Gives the client what earlier runs remembered of the host, once.
    pub(super) fn meet(
        &mut self,
        host: &str,
        client: &Client,
        reader: &Reader,
    ) -> Result<(), StoreError> {
        if !self.met.insert(host.to_owned()) {
            return Ok(());
        }
        let Some(stored) = reader.host(host)? else { return Ok(()) };
        let key = HostKey::from_stored(host);
        // A note that cannot be read any more is learned anew.
        let note = stored.state.as_deref().map(serde_json::from_str::<Note>);
        if let Some(Ok(note)) = note {
            client.remember(&key, note.memory);
            self.trust.insert(host.to_owned(), note.trust);
        }
        if let Some(until) = stored.hold_until {
            client.hold(&key, until);
        }
        Ok(())
    }

    /// What one client knows of the hosts that were met, another one knows from now on.
    pub(super) fn move_to(&mut self, from: &Client, to: &Client, verify_304: u32) {
        self.verify_304 = verify_304;
        for host in &self.met {
            let key = HostKey::from_stored(host);
            to.remember(&key, from.memory(&key));
        }
    }

    /// How to ask a feed of the host. A check counts from here on, whatever comes of it: no
    /// second one follows soon.
    pub(super) fn ask(&mut self, host: &str, now: Timestamp) -> Ask {
        if self.verify_304 == 0 {
            return Ask::Conditionally;
        }
        let Some(trust) = self.trust.get_mut(host) else { return Ask::Conditionally };
        let ask = trust.ask(self.verify_304, now);
        if ask == Ask::ToCheck {
            *trust = trust.checked(false, now);
            self.changed.insert(host.to_owned());
        }
        ask
    }

    /// Are its 304s to be believed?
    pub(super) fn believes(&self, host: &str, now: Timestamp) -> bool {
        let ask = self.trust.get(host).map(|trust| trust.ask(0, now));
        ask.is_none_or(|ask| ask == Ask::Conditionally)
    }

    /// What is to be stored of `host` after one of its answers.
    pub(super) fn learned(
        &mut self,
        client: &Client,
        host: &str,
        told: Option<Told>,
    ) -> Option<HostState> {
        if let Some(told) = told.filter(|_| self.verify_304 > 0) {
            self.heed(host, told);
        }
        let learned = client.learned().into_iter().map(|(key, _)| key.as_str().to_owned());
        self.changed.extend(learned);
        if !self.changed.remove(host) {
            return None;
        }
        let key = HostKey::from_stored(host);
        let trust = self.trust.get(host).copied().unwrap_or_default();
        let note = Note { memory: client.memory(&key), trust };
        Some(HostState {
            host: host.to_owned(),
            hold_until: client.held_until(&key),
            state: serde_json::to_string(&note).ok(),
        })
    }

    fn heed(&mut self, host: &str, told: Told) {
        let now = crate::clock::now();
        let trust = self.trust.entry(host.to_owned()).or_default();
        *trust = match told {
            Told::NotModified => trust.not_modified(now),
            Told::Lied => trust.checked(true, now),
        };
        if told == Told::Lied {
            tracing::warn!("{host}: answers 'not modified' for what changed; not believed");
        }
        let noted = self.noted.get(host);
        let is_new = noted.is_none_or(|noted| trust.unchecked.abs_diff(*noted) >= NOTED);
        if told == Told::Lied || is_new {
            self.noted.insert(host.to_owned(), trust.unchecked);
            self.changed.insert(host.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_written_and_one_without_trust_too() {
        let hold: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let memory = HostMemory { hold_until: Some(hold), robots: None };
        let trust = Trust::default().not_modified(hold);
        let text = serde_json::to_string(&Note { memory: memory.clone(), trust }).unwrap();
        let read: Note = serde_json::from_str(&text).unwrap();
        assert_eq!((read.memory, read.trust), (memory.clone(), trust));
        let old: Note = serde_json::from_str(&serde_json::to_string(&memory).unwrap()).unwrap();
        assert_eq!(old.memory, memory);
    }

    #[test]
    fn a_host_of_many_304s_is_checked_once_a_day() {
        let at = |hours: i64| Timestamp::from_second(1_800_000_000 + hours * 3600).unwrap();
        let mut notes = HostNotes::new(2);
        let trust = (0..5).fold(Trust::default(), |trust, hour| trust.not_modified(at(hour)));
        notes.trust.insert("a".to_owned(), trust);
        assert_eq!(notes.ask("a", at(5)), Ask::Conditionally);
        assert_eq!(notes.ask("a", at(25)), Ask::ToCheck);
        assert_eq!(notes.ask("a", at(25)), Ask::Conditionally);
        assert!(notes.changed.contains("a"));
        notes.verify_304 = 0;
        assert_eq!(notes.ask("a", at(999)), Ask::Conditionally);
    }

    #[test]
    fn the_first_304_of_a_run_is_noted_and_then_each_tenth() {
        let mut notes = HostNotes::new(20);
        let earlier = (0..7).fold(Trust::default(), |trust, _| trust.not_modified(Timestamp::MIN));
        notes.trust.insert("a".to_owned(), earlier);
        let mut told = Vec::new();
        for n in 1..=21 {
            notes.heed("a", Told::NotModified);
            told.extend(notes.changed.remove("a").then_some(n));
        }
        assert_eq!(told, [1, 11, 21]);
    }

    #[test]
    fn a_host_that_was_caught_is_not_believed_of_its_pages_either() {
        let at = |hours: i64| Timestamp::from_second(1_800_000_000 + hours * 3600).unwrap();
        let mut notes = HostNotes::new(2);
        assert!(notes.believes("a", at(0)), "of whom nothing is known");
        let trust = (0..99).fold(Trust::default(), |trust, _| trust.not_modified(at(0)));
        notes.trust.insert("a".to_owned(), trust);
        assert!(notes.believes("a", at(30)), "to be checked is not caught");
        notes.trust.insert("a".to_owned(), trust.checked(true, at(30)));
        assert!(!notes.believes("a", at(31)));
        assert!(notes.believes("a", at(30 + 8 * 24)), "a week later");
    }
}
