//! What to do about a source: one sentence for each thing that is wrong with it, and the command
//! that mends it.

mod articles;
mod command;
mod pages;
mod polling;
mod rhythm;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::checkup::Checkup;
use super::health::Standing;
use articles::{copies, filtered};
use pages::{layout, lost, no_text, teasers, walls};
use polling::{dead, failing, gone, moved};
use rhythm::{gaps, polls, silent};

/// Something that a person can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Advice {
    /// What is wrong, for scripts.
    pub(crate) code: &'static str,
    /// What is wrong and what would help: lower case, no full stop.
    pub(crate) says: String,
    /// What does it, ready to be typed.
    pub(crate) command: String,
}

/// Pages below which no share of them is spoken of.
const FEW: u64 = 5;

/// All advice about a source, the gravest first; none for one that is well or paused.
pub(crate) fn advise(c: &Checkup) -> Vec<Advice> {
    match c.standing {
        Standing::Paused | Standing::New => return Vec::new(),
        Standing::Gone => return vec![gone(c)],
        Standing::Dead => return vec![dead(c)],
        Standing::Failing | Standing::Quiet | Standing::Well => {}
    }
    let rules = [
        failing, moved, silent, layout, walls, no_text, teasers, lost, filtered, gaps, copies,
        polls,
    ];
    rules.into_iter().filter_map(|rule| rule(c)).collect()
}

fn advice(code: &'static str, says: impl Into<String>, command: impl Into<String>) -> Advice {
    Advice { code, says: says.into(), command: format!("newsluice {}", command.into()) }
}
