//! Why there can be no client.

use std::path::PathBuf;

/// A setting that keeps the client from being made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file of certificate authorities cannot be used.
    #[error("the CA file {}: {problem}; fetch.ca_file wants a PEM file", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    /// The HTTP client or its proxy cannot be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Http(String),
}

impl Error {
    /// By the innermost cause, which names no URL and thus no password.
    pub(crate) fn http(error: &reqwest::Error) -> Self {
        let mut cause: &dyn std::error::Error = error;
        while let Some(next) = cause.source() {
            cause = next;
        }
        Self::Http(cause.to_string())
    }
}
