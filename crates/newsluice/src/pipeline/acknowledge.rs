//! Acknowledgements: a line in a file once an article is on disk, never before.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The file of `--ack`.
#[derive(Debug)]
pub(crate) struct Acknowledgements {
    path: PathBuf,
    file: File,
}

impl Acknowledgements {
    /// Opens the file to append to.
    ///
    /// # Errors
    /// What the operating system says, with the file's name.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.with_context(|| format!("--ack {}", path.display()))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Writes `ACK <name>` for each committed article: whole lines in one write, so that a
    /// kill leaves no half line behind a whole one.
    ///
    /// # Errors
    /// What the operating system says, with the file's name.
    pub(crate) fn write<'a>(&mut self, names: impl Iterator<Item = &'a str>) -> anyhow::Result<()> {
        let mut lines = String::new();
        for name in names {
            lines.extend(["ACK ", name, "\n"]);
        }
        let written: io::Result<()> = self.file.write_all(lines.as_bytes());
        written.with_context(|| format!("--ack {}", self.path.display()))
    }
}
