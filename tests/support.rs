//! A database of its own for each test, and the program run against it.

mod origin;
mod run;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use world::Speech;

pub(crate) use origin::{feed, least_gap, page, start};
pub(crate) use run::{Daemon, OPEN, list, once, wait_for};

/// A folder that goes with the test, with a database in it.
pub(crate) struct World {
    folder: tempfile::TempDir,
}

/// What a run of the program printed, and its exit code.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Asserts the exit code, with everything printed if it is another.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A path in the test's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn db(&self) -> PathBuf {
        self.path("news.db")
    }

    /// Writes a file, and its folder where needed.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// An empty file to be written to.
    pub(crate) fn log(&self, name: &str) -> std::fs::File {
        std::fs::File::create(self.path(name)).unwrap()
    }

    /// The program with this world's database and nothing of the caller's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.arg("--db").arg(self.db()).args(arguments);
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).output().unwrap())
    }

    /// The digest of the database.
    pub(crate) fn digest(&self) -> String {
        self.run(&["digest"]).expect(0).out
    }

    /// The database, as any other program opens it.
    pub(crate) fn sqlite(&self) -> rusqlite::Connection {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        rusqlite::Connection::open_with_flags(self.db(), flags).unwrap()
    }

    /// The URLs of all records; none before the first migration.
    pub(crate) fn urls(&self) -> BTreeSet<String> {
        let connection = self.sqlite();
        let Ok(mut statement) = connection.prepare("SELECT url FROM records") else {
            return BTreeSet::new();
        };
        let urls = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        urls.map(Result::unwrap).collect()
    }

    /// One number out of the database.
    pub(crate) fn count(&self, query: &str) -> i64 {
        self.sqlite().query_row(query, [], |row| row.get(0)).unwrap()
    }
}

/// The program, without the caller's settings and standard input.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsluice-under-test"));
    command.env_clear().env("HOME", "/nonexistent").stdin(Stdio::null());
    command
}

pub(crate) fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Kills a run amid its work: some moment after it has come so far, and before its end.
#[track_caller]
pub(crate) fn kill_amid(mut child: Child, random: &mut u64, so_far: impl Fn() -> bool) {
    while !so_far() {
        assert_eq!(child.try_wait().unwrap(), None, "over before it could be killed");
        std::thread::yield_now();
    }
    *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    // Not a sleep to wait for something: commits are cut at any moment of them.
    std::thread::sleep(Duration::from_micros((*random >> 33) % 5_000));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The URLs acknowledged so far.
pub(crate) fn acknowledged(path: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let complete = text.rsplit_once('\n').map_or("", |(complete, _)| complete);
    complete.lines().filter_map(|line| line.strip_prefix("ACK ")).map(str::to_owned).collect()
}

/// A file or folder of the repository.
pub(crate) fn repository(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(name)
}

/// The texts of a folder, in the order of names.
pub(crate) fn texts(folder: &Path) -> Vec<String> {
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// A made-up article, different for every number, as raw text.
pub(crate) fn article(number: u64) -> String {
    let mut speech = Speech::of(number);
    let title = speech.sentence(7);
    let mut paragraph = || {
        let sentences: Vec<String> = (0..4).map(|_| speech.sentence(14) + ".").collect();
        sentences.join(" ")
    };
    let paragraphs: Vec<String> = (0..6).map(|_| paragraph()).collect();
    format!("{title}\n20240502\nhttps://example.org/{number}\n{}\n", paragraphs.join("\n"))
}
