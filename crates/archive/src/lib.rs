//! Sources and sinks of captures that need no network.
//!
//! [`Walk`] reads files, folders, gzip members, JSON lines, WARC files and standard input as a stream of
//! [`Input`]s: what cannot be read is an item of its own, and the rest goes on. [`sniff()`]
//! tells by content what an input is. [`TextFolder`] writes records in their text form.
//! [`warc`] reads and writes archives of web captures.
//!
//! ```
//! use archive::{Kind, Limits, Walk};
//!
//! let folder = tempfile::tempdir()?;
//! std::fs::write(folder.path().join("a.txt"), "A title\nA paragraph.\n")?;
//! let inputs: Vec<_> = Walk::new([folder.path()], Limits::default()).collect();
//! let input = inputs[0].as_ref().unwrap();
//! assert_eq!(input.kind, Kind::Text);
//! assert_eq!(input.bytes, b"A title\nA paragraph.\n");
//! # Ok::<(), std::io::Error>(())
//! ```

mod contents;
mod names;
mod sniff;
mod text_folder;
mod walk;
pub mod warc;
mod warc_captures;
mod warc_digest;
mod warc_header;
mod warc_http;
mod warc_members;
mod warc_payloads;
mod warc_reader;
mod warc_writer;

pub use sniff::{Kind, sniff};
pub use text_folder::TextFolder;
pub use walk::{Failure, Input, Limits, Walk, Web};
