//! What is to be remembered about a host over a restart.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Client;
use crate::origin::HostKey;
use crate::robots_copy::Copy;

/// What a client knows about a host beyond the moment: a plain value for the host's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HostMemory {
    /// No request before this.
    pub hold_until: Option<Timestamp>,
    /// Its robots.txt.
    pub robots: Option<Copy>,
}

impl Client {
    /// The hosts about which something worth storing was learned since the last call, with what
    /// is known now. At most a few thousand; call it with every commit.
    #[must_use]
    pub fn learned(&self) -> Vec<(HostKey, HostMemory)> {
        let marked = self.hosts.take_marked();
        marked
            .into_iter()
            .map(|host| {
                let memory = self.memory(&host);
                (host, memory)
            })
            .collect()
    }

    /// What is known about a host now.
    #[must_use]
    pub fn memory(&self, host: &HostKey) -> HostMemory {
        HostMemory {
            hold_until: self.held_until(host),
            robots: self.robots.copy(host).map(|copy| copy.as_ref().clone()),
        }
    }

    /// Takes up what was stored, as at a start. Call it before the first request to the host.
    pub fn remember(&self, host: &HostKey, memory: HostMemory) {
        if let Some(until) = memory.hold_until {
            self.hold(host, until);
        }
        if let Some(copy) = memory.robots {
            self.robots.set(host, copy);
        }
    }
}
