//! The commonest words of languages in Latin script: a cheap way to see that a text is written
//! in the language that its page declares.
//!
//! Own lists, of words that carry no topic; languages whose commonest words are one letter, or
//! those of others, have none. A quarter of the words of most prose belongs to its
//! language's list, a fifth of nearly all; of prose in another language, kin aside, hardly any
//! do.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Primary language subtag and words, in lower case; those first in which most is written.
const LISTS: &[(&str, &str)] = &[
    (
        "en",
        "the of and to in a is that for was on with as it his by at from had are not be have an they which this has how you your what why who when about after its our their",
    ),
    (
        "de",
        "der die und den von das mit dem des ist im nicht ein eine auf zu sich auch für es wird als hat er sie bei sind nach am wie wir was über vor nur noch aus um zum zur einen einer warum als",
    ),
    (
        "fr",
        "de la le les des et du une est dans que pour qui sur au par ce il pas plus avec son sont se elle ne ses cette aux vous nous comment être sans où mais",
    ),
    (
        "es",
        "de la el que y en los del las un por con una su para es se al lo como más fue pero sus este ha sobre desde qué cómo sin muy hasta entre hay esta",
    ),
    (
        "it",
        "di che il la e è del in un per con non della una sono si le da i al ha dei gli alla come nel anche più lo dal nella ecco chi perché cosa gli",
    ),
    (
        "pt",
        "de a o que e do da em um para com uma os no na por mais dos as se foi ao como não das é ou à pelo pela são mas como após nos você",
    ),
    (
        "nl",
        "de het een van en in is dat op te zijn met voor niet aan er ook om als bij door maar naar hij heeft uit nog wordt ze wat deze hoe tot waarom",
    ),
    (
        "sv",
        "och i att det som en på är av för med till den har de inte om ett han men var sig från så kan när vi",
    ),
    (
        "da",
        "og i at det er en til på af for med den der har de ikke et som fra han vil om var men kan så ved også efter sig nu hvad siger ud blev mod",
    ),
    (
        "no",
        "og i det er en på til av for med som at har den ikke de et om fra han var men seg så kan vi også etter sier nå hva ut opp ble blir mer mot",
    ),
    (
        "fi",
        "ja on ei se että hän oli myös mutta kun ovat joka mukaan kuin sen ole voi jos niin hänen vain nyt olla tai ennen",
    ),
    (
        "hu",
        "az és hogy nem is egy ez meg volt azt csak már de ha mint el még ki szerint lesz kell van pedig mert vagy",
    ),
    (
        "tr",
        "ve bir bu da de için ile olarak çok daha olan gibi en kadar sonra ise ne var ama ya o her şey değil",
    ),
    (
        "id",
        "yang dan di dari itu ini untuk dengan pada tidak akan dalam ke juga adalah oleh karena ada telah saat tersebut bisa para",
    ),
    (
        "vi",
        "và của là có được trong cho không các người với một này đã những khi ở để từ đến tại cũng về",
    ),
    // Languages that the detectors do not know.
    (
        "sw",
        "ya wa kwa katika hii hiyo kuwa huku lakini baada yake wake watu mwaka ambayo ambao hadi cha vya kama pia alisema",
    ),
    (
        "sq",
        "të dhe në një për nga që është më duke por edhe janë kanë tha pas ishte kjo këtë ndërsa do u",
    ),
    (
        "is",
        "að sem við með ekki það hann fyrir eru voru hefur verið þegar eftir þess sagði þetta þeir frá hafa mun og til á",
    ),
    (
        "ga",
        "agus bhfuil leis atá bhí seo chun nach ach ina dúirt gur raibh níos sna idir tar faoi an na ar go",
    ),
    (
        "eu",
        "eta dira dute zuen ere izan bat baina dela duen beste egin baino gehiago hau zen ditu zituen da du",
    ),
    (
        "so",
        "iyo oo waxa waxaa ayaa soo lagu waxay kale inay wuxuu laga sheegay ayay kala ka ku uu ee la",
    ),
    (
        "mt",
        "tal fil minn biex dan din kien għal mill dwar wara fuq mal kienet għall qal li ta il u",
    ),
];

/// Words looked at.
const WORDS: usize = 120;

/// Longest word of the lists, in bytes.
const MAX_WORD: usize = 20;

/// One word in this many of a text must be in its language's list.
const SHARE: usize = 5;

/// Fewest words that tell.
const FEWEST: usize = 30;

/// Which lists a word is in: a bit each, in their order.
static WORDS_OF: LazyLock<HashMap<&'static str, u32>> = LazyLock::new(|| {
    let mut all: HashMap<&str, u32> = HashMap::new();
    for (at, (_, words)) in LISTS.iter().enumerate() {
        for word in words.split(' ') {
            *all.entry(word).or_default() |= 1 << at;
        }
    }
    all
});

/// How many of a text's first words are in each list.
struct Hits {
    words: usize,
    of: [usize; LISTS.len()],
}

fn hits(text: &str) -> Hits {
    let mut hits = Hits { words: 0, of: [0; LISTS.len()] };
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let mut lower = String::new();
    for word in words.take(WORDS) {
        hits.words += 1;
        if word.len() > MAX_WORD {
            continue;
        }
        lower.clear();
        if word.is_ascii() {
            lower.extend(word.bytes().map(|b| char::from(b.to_ascii_lowercase())));
        } else {
            lower = word.to_lowercase();
        }
        let Some(lists) = WORDS_OF.get(lower.as_str()) else { continue };
        for (at, count) in hits.of.iter_mut().enumerate() {
            *count += usize::from(lists >> at & 1 == 1);
        }
    }
    hits
}

/// Is `text` written in `language` (a BCP 47 tag)? `false` where that cannot be told so.
/// Linear in the first [`WORDS`] words.
pub(super) fn are_of(language: &str, text: &str) -> bool {
    let primary = language.split('-').next().unwrap_or_default();
    let primary = if primary == "nb" || primary == "nn" { "no" } else { primary };
    let Some(at) = LISTS.iter().position(|(list, _)| *list == primary) else { return false };
    let hits = hits(text);
    hits.words >= FEWEST && hits.of.get(at).is_some_and(|own| own * SHARE >= hits.words)
}

/// Does no word of `text` say anything by itself: articles, prepositions, numbers alone?
pub(super) fn are_all(text: &str) -> bool {
    let hits = hits(text);
    hits.of.contains(&hits.words)
}

/// The language that most of the words are of, where no other has half as many: kin are not told
/// apart so.
pub(super) fn language_of(text: &str) -> Option<&'static str> {
    let hits = hits(text);
    let (at, own) = hits.of.iter().enumerate().max_by_key(|(_, count)| **count)?;
    let others = hits.of.iter().enumerate().filter(|(other, _)| *other != at);
    let next = others.map(|(_, count)| *count).max().unwrap_or(0);
    let sure = hits.words >= FEWEST && own * SHARE >= hits.words && *own >= 2 * next;
    LISTS.get(at).filter(|_| sure).map(|(language, _)| *language)
}

/// How many words of each list a text has.
pub(super) struct Counts([usize; LISTS.len()]);

/// Counts the function words at the beginning of `text`.
pub(super) fn counts(text: &str) -> Counts {
    Counts(hits(text).of)
}

impl Counts {
    fn each(&self) -> impl Iterator<Item = (&'static str, usize)> {
        LISTS.iter().map(|(language, _)| *language).zip(self.0)
    }

    /// The most that any language has.
    pub(super) fn best(&self) -> usize {
        self.0.iter().copied().max().unwrap_or(0)
    }

    /// `None` for a language without a list.
    pub(super) fn of(&self, language: &str) -> Option<usize> {
        self.each().find(|(other, _)| *other == language).map(|(_, count)| count)
    }

    /// The languages with the most.
    pub(super) fn leaders(&self) -> impl Iterator<Item = &'static str> {
        let best = self.best();
        self.each().filter(move |(_, count)| *count == best).map(|(language, _)| language)
    }

    /// The language with at least `lead` words more than any other.
    pub(super) fn leading_by(&self, lead: usize) -> Option<&'static str> {
        let best = self.best();
        let mut near = self.each().filter(|(_, count)| count + lead > best);
        let (language, _) = near.next().filter(|_| best >= lead)?;
        near.next().is_none().then_some(language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "The council of the town met on Tuesday and decided, after a long \
        debate, that the bridge is to be closed for a year, which has angered the people who \
        have to cross it every day on their way to work.";
    const GERMAN: &str = "Der Rat der Stadt hat am Dienstag nach langer Debatte beschlossen, \
        dass die Brücke für ein Jahr gesperrt wird, und das ärgert die Leute, die auf dem Weg \
        zur Arbeit jeden Tag über sie fahren und nicht wissen, wie es weitergeht.";

    #[test]
    fn prose_is_of_its_own_language_alone() {
        assert!(are_of("en-GB", ENGLISH) && are_of("de", GERMAN));
        assert!(!are_of("de", ENGLISH) && !are_of("en", GERMAN));
        assert!(!are_of("en", "The end of it"), "too short to tell");
        assert!(!are_of("xx", ENGLISH));
        assert_eq!((language_of(ENGLISH), language_of(GERMAN)), (Some("en"), Some("de")));
        assert_eq!(language_of("The end of it"), None);
        let swahili = "Rais wa nchi hiyo alisema katika hotuba yake kuwa serikali itaendelea \
            kupambana na rushwa kwa nguvu zote. Wananchi wengi wamekuwa wakilalamika kwa muda \
            mrefu kuhusu hali ngumu ya maisha, lakini baadhi yao wanasema mambo yataboreka.";
        assert_eq!(language_of(swahili), Some("sw"));
    }

    #[test]
    fn lists_of_languages_that_are_no_kin_share_little() {
        for (language, list) in LISTS {
            for (other, words) in LISTS {
                let shared = list.split(' ').filter(|w| words.split(' ').any(|o| o == *w)).count();
                let is_kin = super::super::language_tag::is_kin(language, other);
                assert!(is_kin || shared <= 10, "{language} and {other} share {shared}");
            }
        }
    }
}
