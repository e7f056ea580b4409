//! The terms of the remembered records: a number for each, how many texts have it, and the
//! stories that are found by it.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Place;

use super::flat_table::FlatTable;
use super::postings::List;
use super::term_map::TermMap;
use super::vector::{TERM_BITS, Term};

/// The number of a term while records have it: small ones are used again, so that rows of them
/// take few bits. Which number a term has never decides anything.
pub(crate) type TermId = u32;

/// Every term that a remembered record has.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    entries: Vec<Entry>,
    free: Vec<TermId>,
    table: Table,
    /// How many texts of other languages than its first have a term.
    foreign: TermMap<u64, u32>,
    /// Remembered texts of each language.
    texts: HashMap<u16, u32>,
}

#[derive(Debug, Default)]
struct Entry {
    term: Term,
    /// How many texts of the language have it.
    with: u32,
    lang: u16,
    /// How many other languages have it.
    others: u16,
    list: List,
}

/// A number and a language in one.
fn foreign_key(id: TermId, lang: u16) -> u64 {
    u64::from(lang) << 32 | u64::from(id)
}

impl Lexicon {
    /// The number of a term, if any record has it.
    pub(crate) fn find(&self, term: Term) -> Option<TermId> {
        self.table.find(term, &self.entries)
    }

    /// The term with this number.
    pub(crate) fn term(&self, id: TermId) -> Term {
        self.entries.get(id as usize).map_or(0, |entry| entry.term)
    }

    /// The stories found by a term.
    pub(crate) fn list(&self, id: TermId) -> List {
        self.entries.get(id as usize).map_or(List::default(), |entry| entry.list)
    }

    /// Says which stories are found by a term.
    pub(crate) fn set_list(&mut self, id: TermId, list: List) {
        if let Some(entry) = self.entries.get_mut(id as usize) {
            entry.list = list;
        }
    }

    /// Says that the stories found by a term are in another row.
    pub(crate) fn move_list(&mut self, id: TermId, place: u32) {
        if let Some(entry) = self.entries.get_mut(id as usize) {
            entry.list.place = place;
        }
    }

    /// Texts of a language.
    pub(crate) fn texts(&self, lang: u16) -> u32 {
        self.texts.get(&lang).copied().unwrap_or(0)
    }

    /// How many texts of a language have a term.
    pub(crate) fn with(&self, term: Term, lang: u16) -> u32 {
        let Some(id) = self.find(term) else { return 0 };
        let Some(entry) = self.entries.get(id as usize) else { return 0 };
        if entry.lang == lang {
            return entry.with;
        }
        let foreign =
            if entry.others > 0 { self.foreign.get(&foreign_key(id, lang)) } else { None };
        foreign.copied().unwrap_or(0)
    }

    /// Counts a text of a language.
    pub(crate) fn add_text(&mut self, lang: u16) {
        *self.texts.entry(lang).or_default() += 1;
    }

    /// Takes a text of a language out of the count.
    pub(crate) fn take_text(&mut self, lang: u16) {
        if let Place::Occupied(mut texts) = self.texts.entry(lang) {
            *texts.get_mut() -= 1;
            if *texts.get() == 0 {
                texts.remove();
            }
        }
    }

    /// Counts that a text of a language has a term; answers the term's number.
    pub(crate) fn add(&mut self, term: Term, lang: u16) -> TermId {
        let id = self.find(term).unwrap_or_else(|| self.open(term, lang));
        let Some(entry) = self.entries.get_mut(id as usize) else { return id };
        if entry.lang == lang {
            entry.with += 1;
        } else {
            let count = self.foreign.entry(foreign_key(id, lang)).or_default();
            entry.others += u16::from(*count == 0);
            *count += 1;
        }
        id
    }

    /// Takes a text of a language that has a term out of the counts. A term that no text has any
    /// more is forgotten: no story may be found by it then.
    pub(crate) fn take(&mut self, id: TermId, lang: u16) {
        let Some(entry) = self.entries.get_mut(id as usize) else { return };
        if entry.lang == lang {
            entry.with = entry.with.saturating_sub(1);
        } else if let Some(count) = self.foreign.get_mut(&foreign_key(id, lang)) {
            *count -= 1;
            if *count == 0 {
                self.foreign.remove(&foreign_key(id, lang));
                entry.others -= 1;
            }
        }
        if entry.with == 0 && entry.others == 0 {
            self.table.remove(entry.term, &self.entries);
            self.free.push(id);
        }
    }

    fn open(&mut self, term: Term, lang: u16) -> TermId {
        let new = Entry { term, lang, ..Entry::default() };
        let id = self.free.pop().unwrap_or(self.entries.len() as TermId);
        if let Some(entry) = self.entries.get_mut(id as usize) {
            *entry = new;
        } else {
            if self.entries.len() == self.entries.capacity() {
                // By an eighth: doubling would leave half of it unused.
                self.entries.reserve_exact(self.entries.len() / 8 + 64);
            }
            self.entries.push(new);
        }
        self.table.insert(term, id, &self.entries);
        id
    }
}

/// Which number a term has. In the table stands one more than the number in the lower 25 bits, and
/// above them the last bits of the term, which spare most looks at terms that are not the one.
#[derive(Debug, Default)]
struct Table(FlatTable);

const ID_BITS: u32 = TERM_BITS + 1;

fn entry_of(term: Term, id: TermId) -> u32 {
    term << ID_BITS | (id + 1)
}

fn id_of(entry: u32) -> Option<TermId> {
    (entry & ((1 << ID_BITS) - 1)).checked_sub(1)
}

/// By its own first bits.
fn spread(term: Term) -> u32 {
    term << (u32::BITS - TERM_BITS)
}

fn term_of(entry: u32, entries: &[Entry]) -> Option<Term> {
    Some(entries.get(id_of(entry)? as usize)?.term)
}

fn is(term: Term, entries: &[Entry]) -> impl Fn(u32) -> bool {
    move |entry| (entry ^ term << ID_BITS) >> ID_BITS == 0 && term_of(entry, entries) == Some(term)
}

fn spread_of(entries: &[Entry]) -> impl Fn(u32) -> u32 {
    |entry| term_of(entry, entries).map_or(0, spread)
}

impl Table {
    fn find(&self, term: Term, entries: &[Entry]) -> Option<TermId> {
        id_of(self.0.get(spread(term), is(term, entries))?)
    }

    fn insert(&mut self, term: Term, id: TermId, entries: &[Entry]) {
        self.0.insert(entry_of(term, id), is(term, entries), spread_of(entries));
    }

    fn remove(&mut self, term: Term, entries: &[Entry]) {
        self.0.remove(spread(term), is(term, entries), spread_of(entries));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn terms_are_counted_as_in_a_plain_map(
            steps in proptest::collection::vec((0..90_u32, 0..3_u16, any::<bool>()), 0..600),
        ) {
            let mut lexicon = Lexicon::default();
            let mut plain: BTreeMap<(Term, u16), u32> = BTreeMap::new();
            for (term, lang, is_added) in steps {
                // Crowded at the end of the range, so that the table wraps around.
                let term = ((1 << TERM_BITS) - 1) - term * term;
                if is_added {
                    lexicon.add(term, lang);
                    *plain.entry((term, lang)).or_default() += 1;
                } else if let Some(count) = plain.get_mut(&(term, lang)) {
                    *count -= 1;
                    plain.retain(|_, count| *count > 0);
                    lexicon.take(lexicon.find(term).unwrap(), lang);
                }
                let terms: std::collections::BTreeSet<Term> =
                    plain.keys().map(|(term, _)| *term).collect();
                prop_assert_eq!(lexicon.table.0.len(), terms.len());
                prop_assert_eq!(lexicon.entries.len() - lexicon.free.len(), terms.len());
                prop_assert!(terms.iter().all(|t| lexicon.term(lexicon.find(*t).unwrap()) == *t));
                for ((term, lang), count) in &plain {
                    prop_assert_eq!(lexicon.with(*term, *lang), *count);
                }
            }
        }
    }
}
