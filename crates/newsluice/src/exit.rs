//! The exit codes, decided in one place (after sysexits.h).

use std::process::ExitCode;

use crate::config::ConfigError;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was done.
    Done,
    /// Some items failed and the rest was done.
    SomeFailed,
    /// Nothing of the input could be read.
    NoInput,
    /// Every feed failed.
    Unavailable,
    /// What was asked for is not there.
    NotFound,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::SomeFailed | Exit::NotFound => 1,
            Exit::NoInput => 65,
            Exit::Unavailable => 69,
        })
    }
}

/// The code of a run that an error ended.
pub(crate) fn code_of(error: &anyhow::Error) -> u8 {
    for cause in error.chain() {
        if cause.is::<ConfigError>() {
            return 78;
        }
        if cause.is::<Usage>() {
            return 2;
        }
        if cause.is::<TryAgain>() {
            return 75;
        }
        if let Some(store) = cause.downcast_ref::<store::StoreError>() {
            return match store.kind {
                store::ErrorKind::Locked => 75,
                store::ErrorKind::Query => 2,
                _ => 74,
            };
        }
    }
    74
}

/// A command line that clap accepts and that makes no sense all the same.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// Another process has the database, and trying again may help.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct TryAgain(pub(crate) String);

/// Is that why it failed?
pub(crate) fn is_in_use(error: &anyhow::Error) -> bool {
    let store = error.downcast_ref::<store::StoreError>();
    store.is_some_and(|error| error.kind == store::ErrorKind::Locked)
}

/// Did writing fail because the reader went away (`newsluice … | head`)? That is success.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
