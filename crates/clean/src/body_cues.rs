//! What class, id and role names say about an element, by a list of words.

use std::sync::LazyLock;

use foldhash::HashMap;
use scraper::node::Element;

/// A set of kinds of cues.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cues(u64);

impl Cues {
    /// How many kinds there are, those of the list and those of attributes.
    pub(crate) const KINDS: usize = 40;
    /// `itemprop=articleBody`.
    pub(crate) const ARTICLE_BODY: Self = Self(1 << 36);
    /// `display: none`, `hidden` or `aria-hidden`.
    pub(crate) const NOT_SHOWN: Self = Self(1 << 37);
    /// A role or label that says that it stands beside the content.
    pub(crate) const BESIDE: Self = Self(1 << 38);
    /// A role that says that it is the content.
    pub(crate) const CONTENT_ROLE: Self = Self(1 << 39);

    /// The kind of the list with this name; empty for an unknown one.
    pub(crate) fn named(name: &str) -> Self {
        LIST.kinds.iter().position(|kind| *kind == name).map_or(Self(0), |at| Self(1 << at))
    }

    /// Those that speak for what they are on.
    pub(crate) fn speaking_for(self) -> Self {
        Self(self.0 & LIST.good.0)
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The places of the kinds in the set.
    pub(crate) fn indices(self) -> impl Iterator<Item = usize> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let index = rest.trailing_zeros();
            rest &= rest.wrapping_sub(1);
            (index < u64::BITS).then_some(index as usize)
        })
    }

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn only(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

struct CueList {
    kinds: Vec<&'static str>,
    words: HashMap<&'static str, Cues>,
    /// Which pairs of letters a word of the list begins with.
    starts: Vec<bool>,
    /// The kinds that speak for what they are on.
    good: Cues,
}

static LIST: LazyLock<CueList> = LazyLock::new(|| {
    let mut list = CueList {
        kinds: Vec::new(),
        words: HashMap::default(),
        starts: vec![false; 27 * 27],
        good: Cues::ARTICLE_BODY.with(Cues::CONTENT_ROLE),
    };
    for line in include_str!("body_cues.txt").lines().filter(|line| !line.starts_with('#')) {
        let Some((kind, words)) = line.split_once(':') else { continue };
        let bit = Cues(1 << list.kinds.len());
        list.kinds.push(kind);
        if ["body", "content", "paragraph"].contains(&kind) {
            list.good = list.good.with(bit);
        }
        for word in words.split_whitespace() {
            let known = list.words.entry(word).or_default();
            *known = known.with(bit);
            if let Some(start) = pair(word).and_then(|pair| list.starts.get_mut(pair)) {
                *start = true;
            }
        }
    }
    list
});

/// Names longer than this are cut: no template needs them.
const MAX_NAME: usize = 300;

/// Reads elements, and remembers what it read of each name.
#[derive(Default)]
pub(crate) struct CueReader<'a> {
    known: HashMap<&'a str, (Cues, u64)>,
}

impl<'a> CueReader<'a> {
    /// The cues of an element, and a hash of its tag and class without the digits in it.
    pub(crate) fn read(&mut self, element: &'a Element) -> (Cues, u64) {
        let mut cues = Cues::default();
        let mut shape = hash_of(element.name());
        for (name, value) in element.attrs() {
            let read = match name.as_bytes() {
                b"class" => {
                    let (read, hash) = self.name(value);
                    shape ^= hash;
                    read
                }
                b"itemprop" if value.eq_ignore_ascii_case("articlebody") => Cues::ARTICLE_BODY,
                // Every element has another one: nothing to remember.
                b"id" => cues_in(start_of(value)),
                b"itemprop" | b"data-testid" | b"data-component" | b"data-module" | b"data-qa"
                | b"data-type" | b"data-block" | b"data-role" => self.name(value).0,
                b"role" => role(value),
                b"aria-label" => self.name(value).0.only(*LABELS),
                b"hidden" => Cues::NOT_SHOWN,
                b"aria-hidden" if value == "true" => Cues::NOT_SHOWN,
                b"style" if hides(value) => Cues::NOT_SHOWN,
                _ => Cues::default(),
            };
            cues = cues.with(read);
        }
        (cues, shape)
    }

    fn name(&mut self, value: &'a str) -> (Cues, u64) {
        if let Some(known) = self.known.get(value) {
            return *known;
        }
        let cut = start_of(value);
        let read = (cues_in(cut), hash_of(cut));
        self.known.insert(value, read);
        read
    }
}

fn start_of(name: &str) -> &str {
    name.get(..name.floor_char_boundary(MAX_NAME)).unwrap_or_default()
}

/// The kinds that a label for readers with other senses can be trusted in.
static LABELS: LazyLock<Cues> = LazyLock::new(|| {
    ["related", "share", "newsletter", "advert", "menu", "comment", "author"]
        .into_iter()
        .fold(Cues::default(), |all, name| all.with(Cues::named(name)))
});

fn role(value: &str) -> Cues {
    match value {
        "main" | "article" => Cues::CONTENT_ROLE,
        "complementary" | "navigation" | "banner" | "contentinfo" | "search" | "menu"
        | "dialog" | "alertdialog" | "menubar" | "toolbar" | "tablist" | "form" | "alert" => {
            Cues::BESIDE
        }
        _ => Cues::default(),
    }
}

fn hides(style: &str) -> bool {
    if !style.contains("none") && !style.contains("hidden") {
        return false;
    }
    let mut plain = style.chars().filter(|c| !c.is_whitespace()).take(MAX_NAME).collect::<String>();
    plain.make_ascii_lowercase();
    plain.contains("display:none") || plain.contains("visibility:hidden")
}

/// The cues of all words in a name, of any two together and of all of a class.
fn cues_in(name: &str) -> Cues {
    let mut cues = Cues::default();
    let (mut letters, mut ends) = (String::new(), Vec::new());
    for class in name.split_ascii_whitespace() {
        split(class, &mut letters, &mut ends);
        let (mut before, mut start) = (None, 0);
        for end in ends.drain(..) {
            cues = cues.with(letters.get(start..end).map(word_cues).unwrap_or_default());
            let two = before.replace(start).and_then(|before| letters.get(before..end));
            cues = cues.with(two.map(exact).unwrap_or_default());
            start = end;
        }
        cues = cues.with(exact(&letters));
    }
    cues
}

fn exact(word: &str) -> Cues {
    let known = pair(word).is_some_and(|pair| LIST.starts.get(pair) == Some(&true));
    if known { LIST.words.get(word).copied().unwrap_or_default() } else { Cues::default() }
}

/// The first two letters as one number: most words fall out by them.
fn pair(word: &str) -> Option<usize> {
    let mut letters = word.bytes().map(|b| usize::from(b.wrapping_sub(b'a')).min(26));
    Some(letters.next()? * 27 + letters.next()?)
}

/// A word's cues; those of the beginning and end of a long word that is not known itself.
fn word_cues(word: &str) -> Cues {
    let known = exact(word);
    if known != Cues::default() || word.len() < 7 {
        return known;
    }
    let mut cues = Cues::default();
    for cut in 4..=word.len() - 3 {
        if let Some((start, _)) = word.split_at_checked(cut) {
            cues = cues.with(exact(start));
        }
        if let Some((_, end)) = word.split_at_checked(word.len() - cut) {
            cues = cues.with(exact(end));
        }
    }
    cues
}

/// The letters of a class in lower case, and where in them its words end: at separators and
/// capitals.
fn split(class: &str, letters: &mut String, ends: &mut Vec<usize>) {
    letters.clear();
    let mut end_word = |at: usize| {
        if at > ends.last().copied().unwrap_or(0) {
            ends.push(at);
        }
    };
    let mut lower_before = false;
    for byte in class.bytes() {
        let border = !byte.is_ascii_alphabetic() || (byte.is_ascii_uppercase() && lower_before);
        if border {
            end_word(letters.len());
        }
        if byte.is_ascii_alphabetic() {
            letters.push(char::from(byte.to_ascii_lowercase()));
        }
        lower_before = byte.is_ascii_lowercase();
    }
    end_word(letters.len());
}

/// FNV-1a of the name without its digits.
fn hash_of(name: &str) -> u64 {
    name.bytes().filter(|b| !b.is_ascii_digit()).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_however_they_are_joined() {
        for name in
            ["related-posts", "relatedposts", "RelatedPosts", "c-related__posts", "x relatedlinks"]
        {
            assert!(cues_in(name).has(Cues::named("related")), "{name}");
        }
        assert!(cues_in("article-body").has(Cues::named("body")));
        assert!(!cues_in("shadow padding").has(Cues::named("advert")));
    }

    #[test]
    fn the_list_fits_its_set() {
        assert!(LIST.kinds.len() <= 36);
    }
}
