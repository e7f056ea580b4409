//! What an origin heard.

use std::time::Duration;

/// One request, as the origin saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// When its head was complete, since the origin's start.
    pub at: Duration,
    /// When its answer was sent or given up, since the origin's start; `None` while it runs.
    pub done: Option<Duration>,
    /// The method.
    pub method: String,
    /// The target as it was written: the path with the query.
    pub target: String,
    /// The headers in order, as they were written.
    pub headers: Vec<(String, String)>,
    /// Which connection of the origin carried it, counted from 0.
    pub connection: usize,
    /// Bytes of the answer that were handed to the network.
    pub sent: u64,
}

impl Hit {
    /// The value of the first header of this name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// What a handler of a route decides on.
#[derive(Debug)]
pub struct Ask<'a> {
    /// The request.
    pub hit: &'a Hit,
    /// How many requests for the same path came before this one.
    pub nth: usize,
}

impl Ask<'_> {
    /// The value of the first header of this name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.hit.header(name)
    }
}
