//! What was wrong with a feed that could be read.

use std::fmt;

/// One thing that was repaired, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What it was.
    pub kind: ProblemKind,
    /// How often, at least 1.
    pub count: usize,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.sentence())?;
        if self.count > 1 {
            write!(f, " ({} times)", self.count)?;
        }
        Ok(())
    }
}

macro_rules! problem_kinds {
    ($($(#[$doc:meta])* $name:ident $code:literal $sentence:literal;)*) => {
        /// The kinds of damage that are repaired.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ProblemKind { $($(#[$doc])* $name,)* }

        impl ProblemKind {
            /// Every kind there is.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable code, in kebab case.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What a person reads: lower case, no full stop, what was done included.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

problem_kinds! {
    /// The declared or sent charset is not the one of the bytes.
    WrongCharset "wrong-charset" "the declared charset is not the one of the bytes: the right one was used";
    /// No charset was declared, and the bytes are not UTF-8.
    NoCharset "no-charset" "no charset declared and not utf-8: the charset was guessed";
    /// Single bytes that are no UTF-8 in a text that is.
    BadBytes "bad-bytes" "bytes that are no utf-8: read as windows-1252";
    /// White space, text or messages of the server before the feed.
    LeadingJunk "leading-junk" "something stands before the feed: skipped";
    /// Something other than a feed's own elements after its end.
    TrailingJunk "trailing-junk" "something stands after the feed: skipped";
    /// The document breaks off.
    Truncated "truncated" "the document breaks off: its last, incomplete entry was left out";
    /// A root that no standard knows.
    OddRoot "odd-root" "an unknown root or version: read as the nearest known one";
    /// A namespace that is spelled in another way than its standard says.
    OddNamespace "odd-namespace" "a namespace is misspelled or outdated: read as the one meant";
    /// A prefix without a declaration.
    UndeclaredPrefix "undeclared-prefix" "a prefix has no declaration: taken with its usual meaning";
    /// A `&` that is no reference.
    BareAmpersand "bare-ampersand" "a bare '&': read as text";
    /// A named reference that XML does not know.
    HtmlEntity "html-entity" "a named reference of html in xml: resolved";
    /// A numeric reference to no character.
    BadReference "bad-reference" "a reference to a character that cannot be: dropped";
    /// A control character.
    ControlCharacter "control-character" "a control character: dropped";
    /// Tags inside a field that holds text.
    UnescapedHtml "unescaped-html" "unescaped html in a text field: taken as its text";
    /// A field without its end tag.
    Unclosed "unclosed" "an element has no end tag: closed before the next one";
    /// An end tag without a start.
    StrayEnd "stray-end" "an end tag without a start: skipped";
    /// A malformed tag.
    BadTag "bad-tag" "a malformed tag: read as far as possible";
    /// A CDATA section that is nested, misspelled or never closed.
    BadCdata "bad-cdata" "a malformed cdata section: closed with its element";
    /// An entry at a place where none belongs.
    MisplacedEntry "misplaced-entry" "an entry stands outside its channel or in another entry: taken as an entry";
    /// A `type` that the standard does not know.
    OddType "odd-type" "an unknown type of text: read as what it looks like";
    /// An `xml:base` that is no URL.
    BadBase "bad-base" "an unusable xml:base: ignored";
    /// A link that is no URL.
    BadLink "bad-link" "a link that cannot be a url: left out";
    /// A date that could not be read or is implausible.
    BadDate "bad-date" "a date that cannot be read or cannot be true: kept as text only";
    /// Entries without any id: one was made from their content.
    MadeId "made-id" "an entry without id: one was made from its content";
    /// JSON that breaks its own or the feed's rules.
    LooseJson "loose-json" "json that breaks the rules of json feed: read leniently";
    /// An entry with nothing in it.
    EmptyEntry "empty-entry" "an entry without any content: left out";
    /// More entries than the cap.
    TooManyEntries "too-many-entries" "more entries than the cap: the rest was left out";
    /// A field that is longer than the cap.
    FieldTooLong "field-too-long" "a field longer than its cap: cut";
}

/// The tally that a parse keeps.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn note(&mut self, kind: ProblemKind) {
        match self.0.iter_mut().find(|p| p.kind == kind) {
            Some(known) => known.count += 1,
            None => self.0.push(Problem { kind, count: 1 }),
        }
    }

    pub(crate) fn into_vec(mut self) -> Vec<Problem> {
        self.0.sort_by_key(|p| p.kind);
        self.0
    }
}
