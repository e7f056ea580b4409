//! The names in a folder, in a few bytes each: folders of a million files are common.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Names to be taken one after the other, from the last on.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Those still ahead, a NUL behind each: no name has one inside. What was taken is given back
    /// as the rest gets less.
    bytes: Vec<u8>,
}

impl Names {
    pub(crate) fn push(&mut self, name: &OsStr) {
        self.bytes.extend(name.as_bytes());
        self.bytes.push(0);
    }

    /// Puts the names in order: the first of them is the next. Takes 16 bytes a name meanwhile.
    pub(crate) fn sort(&mut self) {
        // With the NUL, below all other bytes, a name stands before those that begin with it.
        let mut names: Vec<&[u8]> = self.bytes.split_inclusive(|byte| *byte == 0).collect();
        names.sort_unstable_by(|a, b| b.cmp(a));
        self.bytes = names.concat();
    }
}

impl Iterator for Names {
    type Item = OsString;

    fn next(&mut self) -> Option<OsString> {
        self.bytes.pop()?;
        let before = self.bytes.iter().rposition(|byte| *byte == 0);
        let name = self.bytes.split_off(before.map_or(0, |nul| nul + 1));
        if self.bytes.len() < self.bytes.capacity() / 2 {
            self.bytes.shrink_to_fit();
        }
        Some(OsString::from_vec(name))
    }
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
