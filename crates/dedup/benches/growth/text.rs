//! Documents without end, each from its number alone, so that none has to be kept.

use jiff::Timestamp;
use record::{Line, PageUrl, Record};

/// Words of the made-up language; their frequencies fall like those of a natural one.
const VOCABULARY: usize = 60_000;

/// Days that a million documents come in.
const DAYS: u64 = 45;

/// A copy has its original among so many documents before.
const REACH: u64 = 5_000;

/// A stream of documents.
pub(crate) struct Texts {
    vocabulary: Vec<String>,
    words: usize,
    alike: bool,
}

impl Texts {
    /// Texts of up to 120 words.
    pub(crate) fn short() -> Self {
        Self { vocabulary: vocabulary(), words: 120, alike: false }
    }

    /// Whole articles: 400 words on average.
    pub(crate) fn whole() -> Self {
        Self { words: 700, ..Self::short() }
    }

    /// One article over and over, at other URLs.
    pub(crate) fn alike() -> Self {
        Self { alike: true, ..Self::whole() }
    }

    /// Which document this one copies: itself for seven of ten.
    pub(crate) fn original(&self, n: u64) -> u64 {
        if self.alike {
            return 0;
        }
        if n < 20 || n % 10 > 2 {
            return n;
        }
        let back = 1 + Dice(n ^ 0x5bd1).roll(REACH.min(n - 10));
        (n - back) / 10 * 10 + 3 + back % 7
    }

    /// The document with this number.
    pub(crate) fn record(&self, n: u64) -> Record {
        let original = self.original(n).min(n);
        let mut record = self.article(original);
        if original != n && !self.alike {
            self.edit(&mut record, n);
        }
        record.url = PageUrl::parse(&format!("https://site{}.example/{n}", n % 211)).ok();
        record
    }

    fn article(&self, n: u64) -> Record {
        let mut dice = Dice(n.wrapping_mul(0x2545_f491_4f6c_dd1d) + 1);
        let words = self.words / 7 + dice.roll(self.words as u64 * 6 / 7) as usize;
        let title = self.sentence(&mut dice, 9);
        let mut body = Vec::new();
        let mut left = words;
        while left > 0 {
            let long = (30 + dice.roll(40) as usize).min(left.max(8));
            body.extend(Line::new(&self.sentence(&mut dice, long)));
            left = left.saturating_sub(long);
        }
        Record::new(Line::new(&title).unwrap(), body)
    }

    /// Cuts the end off, adds a paragraph or puts other words in.
    fn edit(&self, record: &mut Record, n: u64) {
        let mut dice = Dice(n);
        match dice.roll(3) {
            0 => record.body.truncate((record.body.len() * 3 / 5).max(1)),
            1 => record.body.extend(Line::new(&self.sentence(&mut dice, 40))),
            _ => {
                for line in &mut record.body {
                    let mut words: Vec<&str> = line.split(' ').collect();
                    let at = dice.roll(words.len() as u64) as usize;
                    words[at] = "other";
                    *line = Line::new(&words.join(" ")).unwrap();
                }
            }
        }
    }

    fn sentence(&self, dice: &mut Dice, words: usize) -> String {
        let mut text = String::with_capacity(words * 8);
        for at in 0..words {
            if at > 0 {
                text.push(' ');
            }
            let word = &self.vocabulary[dice.rank()];
            match dice.roll(24) {
                0 => text.push_str(&dice.roll(3_000).to_string()),
                1 | 2 => {
                    let (first, rest) = word.split_at(1);
                    text.extend([&first.to_ascii_uppercase(), rest]);
                }
                _ => text.push_str(word),
            }
        }
        text.push('.');
        text
    }
}

/// When document `n` was captured.
pub(crate) fn time(n: u64) -> Timestamp {
    let second = 1_767_225_600 + n * DAYS * 86_400 / 1_000_000;
    Timestamp::from_second(second.cast_signed()).unwrap()
}

fn vocabulary() -> Vec<String> {
    const PARTS: [&str; 24] = [
        "ka", "lo", "mi", "ren", "to", "sa", "vel", "dor", "ni", "pa", "gu", "es", "tra", "bel",
        "on", "qui", "she", "mar", "fi", "zu", "wen", "har", "cy", "ob",
    ];
    let word = |n: u64| {
        let mut dice = Dice(n);
        (0..1 + n.ilog2() / 6 + dice.roll(2) as u32)
            .map(|_| PARTS[dice.roll(24) as usize])
            .collect::<String>()
    };
    (1..=VOCABULARY as u64).map(word).collect()
}

/// SplitMix64: the same numbers on every machine.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.next() % sides.max(1)
    }

    /// A rank: each word about as often as one over its rank.
    fn rank(&mut self) -> usize {
        let unit = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((VOCABULARY as f64).powf(unit) as usize).min(VOCABULARY - 1)
    }
}
