//! The phrases and words around names, read from their data.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The phrases, as data.
const PHRASES: &str = include_str!("../bylines.txt");
pub(super) struct Phrases {
    /// Stand before names.
    pub(super) before: Vec<&'static str>,
    /// Stand between names.
    pub(super) between: Vec<&'static str>,
    /// The same as they are searched for, in small letters and capitals.
    pub(super) padded: Vec<(String, String)>,
    /// Begin what is not a name any more.
    pub(super) after: Vec<&'static str>,
    /// Whole names that name nobody.
    pub(super) nobody: Vec<&'static str>,
    /// Words of organisations.
    pub(super) organisation: HashSet<&'static str>,
    /// News agencies, and the words for several.
    pub(super) agency: HashSet<&'static str>,
    /// Words that are in no name.
    pub(super) junk: HashSet<&'static str>,
    /// Words of sentences, which are in no name in small letters.
    pub(super) small: HashSet<&'static str>,
    /// Jobs that stand right behind a name, without a space.
    pub(super) title: Vec<&'static str>,
    /// Words of jobs.
    pub(super) job: HashSet<&'static str>,
    /// The first words of what stands before names: most texts begin with none of them.
    pub(super) first: HashSet<&'static str>,
    /// The lengths of those in ASCII, as bits, by their first letter: asked before the set.
    pub(super) lengths: [u32; 26],
}

pub(super) static TABLE: LazyLock<Phrases> = LazyLock::new(|| {
    let of = |kind: &str| -> Vec<&'static str> {
        let lines = PHRASES.lines().filter_map(|l| l.split_once(": "));
        let mine = lines.filter(|(k, _)| *k == kind).flat_map(|(_, words)| words.split(", "));
        let mut words: Vec<&str> = mine.map(str::trim).collect();
        words.sort_by_key(|w| std::cmp::Reverse(w.len()));
        words
    };
    let first = of("before").into_iter().filter_map(|p| p.split(' ').next());
    let first: HashSet<&str> = first.map(|word| word.trim_end_matches(')')).collect();
    Phrases {
        before: of("before"),
        lengths: lengths(&first),
        padded: padded(&of("between")),
        between: of("between"),
        after: of("after"),
        nobody: of("nobody"),
        title: of("title"),
        organisation: of("organisation").into_iter().collect(),
        agency: of("agency").into_iter().collect(),
        junk: of("junk").into_iter().collect(),
        job: of("job").into_iter().collect(),
        small: of("small").into_iter().collect(),
        first,
    }
});

/// What stands between names as it is searched for: words with spaces around, and the same
/// in capitals.
fn padded(separators: &[&str]) -> Vec<(String, String)> {
    let pad = |s: &&str| {
        let word = s.chars().any(char::is_alphabetic) || *s == "/";
        let small = if word { format!(" {s} ") } else { (*s).to_owned() };
        let capital = small.to_uppercase();
        (small, capital)
    };
    separators.iter().map(pad).collect()
}

fn lengths(words: &HashSet<&str>) -> [u32; 26] {
    let mut lengths = [0; 26];
    for word in words.iter().filter(|w| w.is_ascii() && w.len() < 32) {
        let letter = word.bytes().next().map_or(26, |b| usize::from(b.wrapping_sub(b'a')));
        if let Some(bits) = lengths.get_mut(letter) {
            *bits |= 1 << word.len();
        }
    }
    lengths
}
