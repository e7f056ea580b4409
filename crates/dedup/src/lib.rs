//! Is it new, the same, a revision, the same story?
//!
//! Pure: no I/O, no clock. What was stored before is asked through [`Known`], which the caller
//! hands in.

mod known;

pub mod stories;

pub use known::{Known, KnownText, Neighbours};
