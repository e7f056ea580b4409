//! The judgement over whole streams of generated text: restarts, hostile input, kinds.

use record::{DuplicateKind, Novelty, Record, Verdict};

use crate::Settings;
use crate::test_support::{Past, page, plain};

/// A small generator (SplitMix64), so that the streams are the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    fn word(&mut self) -> String {
        const PARTS: [&str; 12] =
            ["ka", "lo", "mi", "ren", "to", "sa", "vel", "dor", "ni", "pa", "gu", "es"];
        (0..=self.roll(3) + 1).map(|_| PARTS[self.roll(PARTS.len())]).collect()
    }

    fn sentence(&mut self) -> String {
        let mut words: Vec<String> = (0..8 + self.roll(10)).map(|_| self.word()).collect();
        if let Some(first) = words[0].get_mut(..1) {
            first.make_ascii_uppercase();
        }
        if self.roll(3) == 0 {
            words.push(self.roll(1000).to_string());
        }
        words.join(" ") + "."
    }

    fn body(&mut self, sentences: usize) -> String {
        let lines: Vec<String> = (0..sentences).map(|_| self.sentence()).collect();
        lines.join("\n")
    }
}

/// A stream of articles, of which some copy an earlier one and some revise one.
fn stream(length: usize) -> Vec<Record> {
    let mut dice = Dice(7);
    let mut records: Vec<Record> = Vec::new();
    for n in 0..length {
        let day = 1 + n as u32 / 12;
        let url = format!("https://site{}.example/{n}", dice.roll(5));
        let mut record = page(&url, &dice.sentence(), &dice.body(4 + n % 9));
        if n > 5 && dice.roll(3) == 0 {
            let earlier = records[n - 1 - dice.roll(5)].clone();
            record.body = earlier.body;
            match dice.roll(4) {
                0 => record.body.truncate(record.body.len() / 2 + 1),
                1 => record.body.extend(plain("x", &dice.body(2)).body),
                2 => record.title = earlier.title,
                _ => record.url = earlier.url, // the same page with another title
            }
        }
        record.date = jiff::civil::date(2026, 1, 1).checked_add(jiff::Span::new().days(day)).ok();
        if dice.roll(10) == 0 {
            record.date = None;
        }
        records.push(record);
    }
    records
}

fn verdicts(records: &[Record], restarts: &[usize]) -> Vec<Verdict> {
    let mut past = Past::default();
    let judged = records.iter().enumerate().map(|(n, record)| {
        if restarts.contains(&n) {
            past.restart();
        }
        past.judge(record, 1_767_225_600 + 7_200 * i64::try_from(n).unwrap())
    });
    judged.collect()
}

#[test]
fn a_restart_changes_no_verdict() {
    let records = stream(700);
    let unbroken = verdicts(&records, &[]);
    assert!(unbroken.iter().filter(|v| v.duplicate.is_some()).count() > 100);
    assert!(unbroken.iter().any(|v| v.novelty == Novelty::Revision));
    let mut dice = Dice(50);
    let restarts: Vec<usize> = (0..50).map(|_| dice.roll(records.len())).collect();
    assert_eq!(verdicts(&records, &restarts), unbroken);
}

#[test]
fn each_kind_of_copy_has_its_name_and_shows_what_is_shared() {
    let mut dice = Dice(3);
    let (body, extra) = (dice.body(12), dice.body(3));
    let title = dice.sentence();
    let lines: Vec<&str> = body.lines().collect();
    let mut words: Vec<&str> = body.split(' ').collect();
    words[40] = "amended";
    let corrected = words.join(" ");
    let cases = [
        (format!("{body}\n{extra}"), DuplicateKind::Contained),
        (lines[..9].join("\n"), DuplicateKind::Contained),
        (lines[..4].join("\n"), DuplicateKind::Excerpt),
        (corrected, DuplicateKind::Corrected),
        (format!("{extra}\n{}", lines[..10].join("\n")), DuplicateKind::Near),
    ];
    for (copy, kind) in cases {
        let mut past = Past::default();
        let first = past.judge(&page("https://a.example/1", &title, &body), 1);
        let second = past.judge(&page("https://b.example/1", &title, &copy), 2);
        let link = second.duplicate.unwrap();
        assert_eq!((link.of, link.kind), (first.id, kind));
        assert!(link.similarity > 0.65 && link.similarity < 1.0);
        let start: String = link.shared.chars().take(20).collect();
        assert!(copy.contains(&start) && !start.is_empty(), "{}", link.shared);
    }
}

#[test]
fn a_template_with_other_figures_is_no_copy() {
    let report = |town: &str, low: u32, high: u32, wind: u32| {
        let body = format!(
            "The forecast for {town} on Monday is for sun with a high of {high} degrees and a low \
             of {low} degrees.\nThe wind comes from the west at {wind} kilometres an hour, with \
             gusts of up to {} near the coast of {town}. The chance of rain is {} percent.",
            wind + 20,
            low * 3,
        );
        page(&format!("https://w.example/{town}"), &format!("Weather for {town}"), &body)
    };
    let mut past = Past::default();
    past.judge(&report("Ashford", 11, 19, 14), 1);
    let other = past.judge(&report("Brightwater", 4, 23, 31), 2);
    assert_eq!(other.duplicate, None);
}

#[test]
fn scripts_without_spaces_are_compared_by_characters() {
    let mut past = Past::default();
    let body = "政府は二十二日、来年度の予算案を閣議で決定した。一般会計の総額は過去最大となり、\
                社会保障費と防衛費の増加が全体を押し上げた。財務省は税収の見通しも引き上げたが、\
                国債への依存はなお続く。野党は歳出の見直しが足りないと批判している。";
    let first = past.judge(&page("https://a.example/1", "来年度予算案を決定", body), 1);
    let copy = format!("【東京】{body}続報を待つ。");
    let second = past.judge(&page("https://b.example/2", "予算案、過去最大", &copy), 2);
    assert_eq!(second.duplicate.unwrap().of, first.id);
    let other = "大阪では二十二日、秋の祭りが開かれ、多くの人が山車を見に集まった。天気にも恵まれ、\
                 屋台の前には長い列ができた。主催者によると人出は昨年を上回る見込みだという。";
    assert_eq!(past.judge(&page("https://b.example/3", "秋祭り", other), 3).duplicate, None);
}

#[test]
fn out_of_the_window_only_equal_texts_meet() {
    let mut dice = Dice(9);
    let body = dice.body(12);
    let day = |month| Some(jiff::civil::date(2026, month, 1));
    let dated = |url: &str, month, body: &str| Record {
        date: day(month),
        ..page(url, "The title of it", body)
    };
    let mut past = Past::default();
    let first = past.judge(&dated("https://a.example/1", 5, &body), 1);
    let late = past.judge(&dated("https://b.example/2", 8, &format!("{body}\nMore.")), 2);
    let same = past.judge(&dated("https://b.example/3", 9, &body), 3);
    let early = past.judge(&dated("https://b.example/4", 4, &format!("{body}\nLess.")), 4);
    assert_eq!(late.duplicate, None);
    assert_eq!(same.duplicate.unwrap().of, first.id);
    assert_eq!(early.duplicate.unwrap().of, first.id);
}

#[test]
fn equal_documents_without_end_cost_no_memory() {
    let mut past = Past::new(Settings::default());
    let record = plain("Rain", &Dice(1).body(10));
    let first = past.judge_as(&record, &["bytes-0"], 1);
    for n in 1..3_000 {
        let copy = past.judge_as(&record, &[&format!("bytes-{n}")], 1 + n);
        assert_eq!(copy.duplicate.unwrap().of, first.id);
        assert!(copy.sketch.is_empty());
    }
}

#[test]
fn a_body_of_furniture_alone_makes_no_copies() {
    let consent = "We and our partners store and read information on your device, such as unique \
                   identifiers, to show you content and advertisements that fit you. You can \
                   change your mind at any time in the settings of your account. Accept all or \
                   manage your choices to go on to the page that you asked for.";
    let mut past = Past::default();
    let mut dice = Dice(21);
    for n in 0..50 {
        let title = dice.sentence();
        let page = page(&format!("https://site{n}.example/{n}"), &title, consent);
        assert_eq!(past.judge(&page, n).duplicate, None, "{n}: {title}");
    }
}

#[test]
fn a_short_report_under_a_new_headline_is_a_copy() {
    let report = "The ferry between Lundby and the island of Torsa is out of service until Friday \
                  after a fire in its engine room. Nobody was hurt. The company sends buses over \
                  the bridge at Norrvik instead, which takes an hour longer.";
    let mut past = Past::default();
    let first = past.judge(&page("https://a.example/1", "Fire stops Torsa ferry", report), 1);
    let title = "Island cut off: no boats from Lundby until Friday";
    let second = past.judge(&page("https://b.example/2", title, report), 2);
    assert_eq!(second.duplicate.unwrap().of, first.id);
}

#[test]
fn hostile_texts_are_judged_sanely() {
    let mut past = Past::default();
    let mut second = 0;
    let mut duplicate = |title: &str, body: &str| {
        second += 1;
        past.judge(&page(&format!("https://s{second}.example/"), title, body), second).duplicate
    };
    for word in ["Rain", "Sun", "1", "雨"] {
        assert_eq!(duplicate(word, word), None);
    }
    assert!(duplicate("rain!", "Rain").is_some(), "the same folded text");
    for n in 0..40 {
        let digits: Vec<String> = (0..200).map(|k| (n * 7919 + k * 104_729).to_string()).collect();
        assert_eq!(duplicate(&format!("Table {n}"), &digits.join(" ")), None);
    }
    let one = "x".repeat(3 << 20);
    assert_eq!(duplicate("One word", &one), None);
    let endless = "na ".repeat(1 << 20);
    assert_eq!(duplicate("One word again and again", &endless), None);
    let furniture = "Home News Sport Business Culture Opinion Video Weather Puzzles Archive Terms";
    let mut dice = Dice(4);
    duplicate("Item", &format!("{furniture}\n{}", dice.body(4)));
    for n in 0..20 {
        let item = format!("{furniture}\n{}", dice.body(4));
        assert_eq!(duplicate(&format!("Item {}", dice.sentence()), &item), None, "{n}");
    }
}
