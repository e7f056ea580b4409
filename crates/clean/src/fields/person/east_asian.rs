//! Bylines of East Asia, where words are not set apart and the job says who wrote: `記者王小明／
//! 台北報導`, `来源：新华网 作者：王小明`, `문화부 홍길동 기자`.

/// Longest byline, in characters.
const MAX_CHARS: usize = 80;
/// What stands before names. Those that are words of sentences too need a mark or a space after
/// them.
const LABELS: [&str; 9] =
    ["記者", "记者", "作者", "撰文", "撰稿", "責任編輯", "责任编辑", "责编", "文"];
/// What may stand before a label.
const BEFORE: [&str; 13] = [
    "本报",
    "本報",
    "本刊",
    "本网",
    "本台",
    "新华社",
    "新華社",
    "中央社",
    "中新社",
    "實習",
    "实习",
    "特約",
    "特约",
];
/// What a report from somewhere ends in.
const REPORTS: [&str; 7] = ["綜合報導", "报道", "報導", "报导", "報道", "電", "电"];
/// Jobs behind Korean names, and what may stand before the first of them as a part of it.
const KOREAN_JOBS: [&str; 5] = ["기자", "특파원", "논설위원", "편집위원", "통신원"];
const KOREAN_KINDS: [&str; 9] =
    ["선임", "인턴", "객원", "사진", "취재", "담당", "수습", "전문", "본지"];
const NAME_ENDS: [char; 9] = ['、', '，', ',', '/', '／', '|', '｜', ';', '；'];
const BRACKETS: [char; 12] = ['(', ')', '（', '）', '[', ']', '【', '】', '〔', '〕', '「', '」'];

/// The names in a byline of this kind; none where it is no such byline. Linear in its length.
pub(super) fn names(text: &str) -> Vec<String> {
    let is_short = text.chars().take(MAX_CHARS + 1).count() <= MAX_CHARS;
    if text.is_ascii() || !is_short {
        return Vec::new();
    }
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || BRACKETS.contains(&c))
        .filter(|word| !word.is_empty())
        .collect();
    let mut found = korean(&words);
    for (at, word) in words.iter().enumerate() {
        if found.is_empty() {
            found = after_label(word, words.get(at + 1..).unwrap_or_default());
        }
    }
    found
}

/// The names before each job.
fn korean(words: &[&str]) -> Vec<String> {
    let mut names = Vec::new();
    let mut before: Option<&str> = None;
    for word in words {
        let word = word.trim_end_matches(['=', '·', ',', ':']);
        let job = KOREAN_JOBS.iter().find_map(|job| word.strip_suffix(job));
        let name = match job {
            Some(rest) if rest.is_empty() || KOREAN_KINDS.contains(&rest) => before,
            rest => rest,
        };
        if job.is_some() {
            let is_it = |name: &&str| is_name(name, is_hangul) && !KOREAN_KINDS.contains(name);
            names.extend(name.filter(is_it).map(ToOwned::to_owned));
        }
        before = Some(word);
    }
    names
}

/// The names behind the label that `word` begins with, in it or in the words after it.
fn after_label(word: &str, following: &[&str]) -> Vec<String> {
    let of_house = BEFORE.iter().find_map(|before| word.strip_prefix(before));
    let plain = of_house.unwrap_or(word);
    let Some(rest) = LABELS.iter().find_map(|label| plain.strip_prefix(label)) else {
        return Vec::new();
    };
    let marked = rest.trim_start_matches(['：', ':', '・', '／', '/', '＝', '=']);
    let has_mark = marked.len() < rest.len();
    match REPORTS.iter().find_map(|report| marked.strip_suffix(report)) {
        Some(report) => reported(report).map(ToOwned::to_owned).into_iter().collect(),
        None if has_mark && !marked.is_empty() => listed(&[marked]),
        None if rest.is_empty() || marked.is_empty() => listed(following),
        None if of_house.is_some() && following.is_empty() && are_names(marked) => {
            listed(&[marked])
        }
        None => Vec::new(),
    }
}

/// Who reported, before a slash or before the two characters of a place.
fn reported(report: &str) -> Option<&str> {
    let slash = report.split_once(['／', '/']).map(|(name, _)| name);
    let place = || report.char_indices().rev().nth(1).and_then(|(at, _)| report.get(..at));
    let name = slash.or_else(place)?;
    is_name(name, is_han).then_some(name)
}

/// The names at the beginning of these words.
fn listed(words: &[&str]) -> Vec<String> {
    let names = words.iter().flat_map(|word| word.split(NAME_ENDS)).filter(|name| !name.is_empty());
    names.take_while(|name| is_name(name, is_han)).map(ToOwned::to_owned).collect()
}

/// Is there nothing else than names?
fn are_names(text: &str) -> bool {
    text.split(NAME_ENDS).all(|name| is_name(name, is_han))
}

/// Two to four characters, as nearly all names there have.
fn is_name(text: &str, of_script: fn(char) -> bool) -> bool {
    (2..=4).contains(&text.chars().count()) && text.chars().all(of_script)
}

fn is_han(c: char) -> bool {
    matches!(c as u32, 0x4e00..=0x9fff | 0x3400..=0x4dbf | 0x3040..=0x30ff)
}

fn is_hangul(c: char) -> bool {
    matches!(c as u32, 0xac00..=0xd7af)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wrote_is_found_by_the_job() {
        for (text, want) in [
            ("記者王小明／台北報導", &["王小明"][..]),
            ("〔記者王小明／台北報導〕", &["王小明"]),
            ("2024/05/02 14:30 記者王小明台北報導", &["王小明"]),
            ("本报记者 王小明 李华", &["王小明", "李华"]),
            ("新华社记者王小明、李华", &["王小明", "李华"]),
            ("来源：新华网 作者：王小明", &["王小明"]),
            ("作者：王小明、李华", &["王小明", "李华"]),
            ("홍길동 기자 hong@example.co.kr", &["홍길동"]),
            ("입력 2024.05.02. 오후 2:30 홍길동 선임기자", &["홍길동"]),
            ("홍길동기자, 김철수 특파원", &["홍길동", "김철수"]),
            ("文・山田太郎 2024年5月2日", &["山田太郎"]),
        ] {
            assert_eq!(names(text), want, "{text}");
        }
    }

    #[test]
    fn sentences_name_nobody() {
        for text in [
            "記者會今天下午舉行",
            "記者表示不滿",
            "作者認為這很重要",
            "文化部今天表示",
            "기자 회견",
            "인턴 기자 모집",
            "By Jo Doe",
            "",
        ] {
            assert!(names(text).is_empty(), "{text}");
        }
    }
}
