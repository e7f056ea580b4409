//! Passwords in the addresses of a list: they open their feeds for as long as the run lasts, in
//! memory alone. Database, logs and archives know the address without.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use fetch::Credentials;

/// What opens which feed.
#[derive(Clone, Default)]
pub(crate) struct Passwords(Arc<HashMap<String, Credentials>>);

impl Passwords {
    /// What opens the feed of this address.
    pub(crate) fn of(&self, feed: &str) -> Option<Credentials> {
        self.0.get(feed).cloned()
    }
}

impl FromIterator<(String, Credentials)> for Passwords {
    fn from_iter<I: IntoIterator<Item = (String, Credentials)>>(all: I) -> Self {
        Self(Arc::new(all.into_iter().collect()))
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passwords(of {} feeds)", self.0.len())
    }
}
