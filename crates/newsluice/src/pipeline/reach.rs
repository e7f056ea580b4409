//! Is there a network at all? Told once when it goes and once when it is back, in place of an
//! error for every source.

use std::collections::BTreeSet;

use fetch::HostKey;
use jiff::Timestamp;
use record::ReasonKind;

use crate::source::words::when;

/// Hosts in a row that give no answer, with none that does: then it is not the hosts.
const ENOUGH: usize = 3;

/// Complaints held back while that is not sure; more of them are told at once.
const HELD: usize = 64;

/// What a task shows about the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    /// Somebody answered.
    Answer,
    /// Nobody could be reached.
    Silence,
    /// Nothing was asked.
    Nothing,
}

impl Shows {
    /// Of a task that took so many requests and failed for this reason, if it did.
    pub(super) fn of(requests: u32, failed: Option<ReasonKind>) -> Self {
        match failed {
            Some(ReasonKind::Dns | ReasonKind::Connect | ReasonKind::Timeout) => Self::Silence,
            _ if requests > 0 => Self::Answer,
            _ => Self::Nothing,
        }
    }
}

/// What is known of the network.
#[derive(Debug)]
pub(super) struct Reach {
    /// Silent hosts that are enough to tell: all of them, where there are few.
    enough: usize,
    /// Hosts that were silent since the last answer.
    silent: BTreeSet<String>,
    /// What was to be told of them.
    held: Vec<String>,
    /// When the first of them is asked again.
    next: Option<Timestamp>,
    is_gone: bool,
}

impl Reach {
    /// With sources on so many hosts.
    pub(super) fn new(hosts: usize) -> Self {
        let (silent, held) = Default::default();
        Self { enough: hosts.clamp(1, ENOUGH), silent, held, next: None, is_gone: false }
    }

    /// Takes note of a task's end. Returns the lines to be told now; `complaint` is what would be
    /// told of the task alone, `next` when it is tried again.
    pub(super) fn saw(
        &mut self,
        shows: Shows,
        url: &str,
        complaint: Option<String>,
        next: Option<Timestamp>,
        now: Timestamp,
    ) -> Vec<String> {
        match shows {
            Shows::Nothing => complaint.into_iter().collect(),
            Shows::Answer => {
                let mut lines = self.end();
                if std::mem::take(&mut self.is_gone) {
                    lines.push("the network is back: a host answered".to_owned());
                }
                self.silent.clear();
                self.next = None;
                lines.extend(complaint);
                lines
            }
            Shows::Silence if self.is_gone => Vec::new(),
            Shows::Silence => {
                let host = HostKey::of_url(url);
                self.silent.insert(host.map_or_else(|| url.to_owned(), |h| h.as_str().to_owned()));
                self.next = self.next.into_iter().chain(next).min();
                if self.silent.len() < self.enough {
                    self.held.extend(complaint);
                    return if self.held.len() > HELD { self.end() } else { Vec::new() };
                }
                self.gone(complaint, now)
            }
        }
    }

    fn gone(&mut self, complaint: Option<String>, now: Timestamp) -> Vec<String> {
        self.is_gone = true;
        self.held.clear();
        let hosts = match self.silent.len() {
            1 => "the only host".to_owned(),
            many => format!("{many} hosts in a row, and nobody else,"),
        };
        let last = complaint.map_or_else(String::new, |complaint| format!(" ({complaint})"));
        let next = self.next.map_or_else(|| "later".to_owned(), |next| when(next.max(now), now));
        vec![format!(
            "no network: {hosts} could not be reached{last}; trying again {next}, and silent \
             about it until somebody answers"
        )]
    }

    /// What was held back, in the end.
    pub(super) fn end(&mut self) -> Vec<String> {
        std::mem::take(&mut self.held)
    }

    /// Was nobody to be reached of late?
    pub(super) fn is_gone(&self) -> bool {
        self.is_gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Told(Reach);

    impl Told {
        fn see(&mut self, shows: Shows, host: &str) -> Vec<String> {
            let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
            let next = now.checked_add(jiff::SignedDuration::from_mins(7)).ok();
            let url = format!("https://{host}/feed");
            self.0.saw(shows, &url, Some(format!("feed {url}: no connection")), next, now)
        }
    }

    #[test]
    fn a_network_that_is_gone_is_told_once_and_again_when_it_is_back() {
        let mut told = Told(Reach::new(9));
        assert_eq!(told.see(Shows::Silence, "a"), [""; 0]);
        assert_eq!(told.see(Shows::Silence, "a"), [""; 0], "one host may well be down");
        assert_eq!(told.see(Shows::Silence, "b"), [""; 0]);
        let said = told.see(Shows::Silence, "c");
        assert_eq!(said.len(), 1);
        assert!(said[0].starts_with("no network: 3 hosts in a row"), "{said:?}");
        assert!(said[0].contains("trying again in 7 m"), "{said:?}");
        for host in ["a", "b", "c", "d"] {
            assert_eq!(told.see(Shows::Silence, host), [""; 0]);
        }
        let back = told.see(Shows::Answer, "d");
        assert_eq!(back[0], "the network is back: a host answered");
        assert_eq!(told.see(Shows::Answer, "a").len(), 1, "its own complaint alone");
        assert_eq!(told.see(Shows::Silence, "b"), [""; 0], "counted anew");
    }

    #[test]
    fn a_host_that_is_down_is_told_as_soon_as_another_answers_or_in_the_end() {
        let mut told = Told(Reach::new(2));
        told.see(Shows::Silence, "a");
        let said = told.see(Shows::Answer, "b");
        assert_eq!(
            said,
            ["feed https://a/feed: no connection", "feed https://b/feed: no connection"]
        );
        told.see(Shows::Silence, "a");
        assert_eq!(told.0.end(), ["feed https://a/feed: no connection"]);
        assert_eq!(told.see(Shows::Nothing, "c").len(), 1);
    }

    #[test]
    fn the_only_host_is_told_at_once() {
        let mut told = Told(Reach::new(1));
        let said = told.see(Shows::Silence, "a");
        assert!(
            said[0].contains("the only host could not be reached (feed https://a/feed"),
            "{said:?}"
        );
    }
}
