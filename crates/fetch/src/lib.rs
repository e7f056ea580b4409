//! One request, one polite and bounded answer.
//!
//! A [`Client`] asks for one URL at a time: it waits for its turn at the host, refuses addresses
//! that are not public at every hop, follows redirects by hand, sends validators and credentials
//! exactly where they belong, and reads a body only to a cap on decoded bytes and a deadline for
//! the whole. What comes back is a complete [`Answer`] or a [`Failure`] that says who is to blame
//! and when to come back.
//!
//! Nothing here starts tasks, owns channels or reads the wall clock: that is the caller's.
//!
//! ```
//! use std::sync::Arc;
//! use fetch::{Client, Request, Settings};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
//! # runtime.block_on(async {
//! let clock = Arc::new(|| "2026-11-22T12:00:00Z".parse().unwrap());
//! let mut settings = Settings::new(clock);
//! settings.contact = Some("https://example.org/about".to_owned());
//! let client = Client::new(settings).unwrap();
//! let failure = client.get(&Request::feed("http://169.254.169.254/latest")).await.unwrap_err();
//! assert_eq!(failure.reason.kind, record::ReasonKind::BlockedAddress);
//! # });
//! ```

mod answer;
mod base64;
mod body;
mod client;
mod credentials;
mod decode;
mod error;
mod freshness;
mod guard;
mod head;
mod hop;
mod hosts;
mod http_date;
mod inflate;
mod memory;
mod net;
mod origin;
mod pace;
mod proxy;
mod redirect;
mod request;
mod resolve;
mod retry_after;
mod rhythm;
pub mod robots;
mod robots_cache;
mod robots_copy;
mod robots_path;
mod roots;
pub mod schedule;
mod secret;
mod settings;
mod skip;
mod trouble;
pub mod trust;
mod wires;

pub use answer::{Answer, Blame, Failure, Hop, Room};
pub use client::Client;
pub use credentials::{Credentials, CredentialsError};
pub use error::Error;
pub use freshness::Freshness;
pub use memory::HostMemory;
pub use net::{Net, NetError};
pub use origin::HostKey;
pub use proxy::{Proxy, ProxyError};
pub use request::{Accept, Request, Validators};
pub use resolve::Lookup;
pub use secret::{SecretError, read_secret};
pub use settings::{Clock, Settings};
