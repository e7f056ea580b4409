//! How a task came to its outcome, in words and figures: kept beside it, shown by `explain`.

use fetch::{Answer, Failure, Hop};
use serde::{Deserialize, Serialize};
use store::MAX_TRAIL;

/// Characters kept of one decision.
const MAX_STEP: usize = 200;

/// The way of one task through the stages.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Trail {
    /// Every request, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) requests: Vec<Asked>,
    /// From the first byte sent to the last received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) elapsed_ms: Option<u64>,
    /// What the body said it was, and its decoded bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<(String, u64)>,
    /// Decisions of cleaning, each naming what it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) steps: Vec<String>,
}

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// What was asked, without credentials.
    pub(crate) url: String,
    /// The answer's status.
    pub(crate) status: u16,
    /// Who answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    /// From the request to the answer's head.
    pub(crate) elapsed_ms: u64,
}

impl Trail {
    /// Of a complete answer.
    pub(super) fn of_answer(answer: &Answer) -> Self {
        let media = answer.page.content_type.clone().unwrap_or_default();
        Self {
            requests: answer.hops.iter().map(asked).collect(),
            elapsed_ms: Some(millis(answer.elapsed)),
            body: Some((media, answer.page.body.len() as u64)),
            steps: Vec::new(),
        }
    }

    /// Of a request without one.
    pub(super) fn of_failure(failure: &Failure) -> Self {
        let mut steps = Vec::new();
        if failure.unsent {
            steps.push(format!("request: {} was not sent", failure.url));
        }
        Self {
            requests: failure.hops.iter().map(asked).collect(),
            elapsed_ms: Some(millis(failure.elapsed)),
            body: None,
            steps,
        }
    }

    /// As it is stored: at most [`MAX_TRAIL`] bytes, the last decisions left out where they
    /// are too many; `None` where there is nothing to tell.
    pub(super) fn into_json(mut self) -> Option<String> {
        if self == Self::default() {
            return None;
        }
        for step in &mut self.steps {
            if let Some((end, _)) = step.char_indices().nth(MAX_STEP) {
                step.truncate(end);
                step.push('…');
            }
        }
        loop {
            let json = serde_json::to_string(&self).ok()?;
            if json.len() <= MAX_TRAIL {
                return Some(json);
            }
            self.steps.truncate(self.steps.len() * 3 / 4);
            if self.steps.is_empty() {
                self.requests.truncate(self.requests.len() / 2);
            }
        }
    }

    /// As it was stored; what an older version wrote otherwise is left out.
    pub(crate) fn read(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }
}

fn asked(hop: &Hop) -> Asked {
    Asked {
        url: hop.url.chars().take(MAX_STEP * 5).collect(),
        status: hop.status,
        address: hop.address.map(|address| address.to_string()),
        elapsed_ms: millis(hop.elapsed),
    }
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_is_bounded_whatever_it_tells() {
        assert_eq!(Trail::default().into_json(), None);
        let steps = (0..2000).map(|n| format!("block {n}: {}", "ü\"".repeat(300))).collect();
        let asked = |n| Asked { url: "u".repeat(1000), status: n, address: None, elapsed_ms: 1 };
        let trail = Trail { steps, requests: (0..30).map(asked).collect(), ..Trail::default() };
        let json = trail.into_json().unwrap();
        assert!(json.len() <= MAX_TRAIL);
        assert!(!Trail::read(&json).requests.is_empty());
        assert_eq!(Trail::read("[]"), Trail::default());
    }
}
