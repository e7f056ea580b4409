//! The names in a folder, in a few bytes each: folders of a million files are common.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Names to be taken one after the other.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// All of them, in the order of coming, a NUL behind each: no name has one inside.
    bytes: Vec<u8>,
    /// Where the names still ahead begin; the next one last.
    starts: Vec<usize>,
}

impl Names {
    pub(crate) fn push(&mut self, name: &OsStr) {
        self.starts.push(self.bytes.len());
        self.bytes.extend(name.as_bytes());
        self.bytes.push(0);
    }

    /// Puts the names ahead in order.
    pub(crate) fn sort(&mut self) {
        let bytes = &self.bytes;
        self.starts.sort_unstable_by(|a, b| name(bytes, *b).cmp(name(bytes, *a)));
    }
}

impl Iterator for Names {
    type Item = OsString;

    fn next(&mut self) -> Option<OsString> {
        let start = self.starts.pop()?;
        Some(OsString::from_vec(name(&self.bytes, start).to_owned()))
    }
}

fn name(bytes: &[u8], start: usize) -> &[u8] {
    let rest = bytes.get(start..).unwrap_or_default();
    rest.split(|byte| *byte == 0).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_by_their_bytes_whatever_those_are() {
        let raw: [&[u8]; 5] = [b"b", b"\xff\xfe", b"a.txt", b"a", "é".as_bytes()];
        let mut names = Names::default();
        for name in raw {
            names.push(OsStr::from_bytes(name));
        }
        names.sort();
        let mut expected: Vec<OsString> =
            raw.iter().map(|name| OsStr::from_bytes(name).to_owned()).collect();
        expected.sort();
        assert_eq!(names.collect::<Vec<_>>(), expected);
    }
}
