use super::*;
use jiff::Timestamp;
use proptest::prelude::*;

fn cleaned(raw: &str) -> String {
    text::write(&clean(raw.as_bytes(), &Hints::default()).unwrap().record)
}

fn refused(raw: &[u8]) -> ReasonKind {
    clean(raw, &Hints::default()).unwrap_err().kind
}

const FORM: &str = "Rain ends the drought in the northern valleys\n20240502\n\
    https://example.org/rain\n\
    It rained on Thursday for the first time in four months, the weather service said.\n\
    Farmers in the north had waited since January and lost a third of the early harvest.\n\
    “We had stopped looking at the sky,” said one of them, standing in a field of barley.\n\
    The service expects more rain until Sunday, with up to forty litres on the square metre.\n";

#[test]
fn nothing_of_an_article_is_a_reason() {
    assert_eq!(refused(b""), ReasonKind::Empty);
    assert_eq!(refused(b" \n\t\n"), ReasonKind::Empty);
    assert_eq!(refused(b"A title alone"), ReasonKind::NoBody);
    assert_eq!(refused(b"A title\n20240502\nhttps://example.org/a\n"), ReasonKind::NoBody);
    assert_eq!(refused(&[0, 1, 2, 3, 159, 146, 150]), ReasonKind::Binary);
}

#[test]
fn only_furniture_is_no_body() {
    let menu = ["Home", "Sign in", "Read more", "Share on Facebook", "Privacy policy", "Search"];
    let page = format!("The Valley Post\n{}", menu.repeat(9).join("\n"));
    assert_eq!(refused(page.as_bytes()), ReasonKind::NoBody);
}

#[test]
fn caps_are_kept_quickly() {
    assert_eq!(refused(&vec![b'a'; 100 << 20]), ReasonKind::TooLarge);
    assert_eq!(refused("a b\n".repeat(1_000_000).as_bytes()), ReasonKind::TooComplex);
}

#[test]
fn the_text_form_comes_back_as_it_is() {
    assert_eq!(cleaned(FORM), FORM);
}

#[test]
fn other_charsets_are_read() {
    let utf16: Vec<u8> =
        "\u{feff}".chars().chain(FORM.chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
    let got = clean(&utf16, &Hints::default()).unwrap();
    assert_eq!(text::write(&got.record), FORM);
}

#[test]
fn the_furniture_around_an_article_goes() {
    let body: Vec<&str> = FORM.lines().skip(3).collect();
    let dump = format!(
        "Rain ends the drought in the northern valleys | The Valley Post\nSkip to content\nHome\n\
         Sign in\nSearch\nRain ends the drought in the northern valleys\nBy Ada Reed\n\
         Published 2 May 2024, 19:27\nShare on Facebook\n{}\nRead more\nMost read\n\
         Leave a Reply\nYour email address will not be published.\n© 2024 The Valley Post\n",
        body.join("\n")
    );
    let got = clean(dump.as_bytes(), &Hints::default()).unwrap();
    let wanted = FORM.replace("https://example.org/rain\n", "");
    assert_eq!(text::write(&got.record), wanted);
    assert_eq!(got.record.meta.authors, ["Ada Reed"]);
    assert_eq!(got.removed, 13);
    assert!(got.trace.iter().any(|t| t.contains("2 May 2024")), "{:?}", got.trace);
}

#[test]
fn a_day_after_the_capture_is_no_publication() {
    let body: Vec<&str> = FORM.lines().skip(3).collect();
    let dump = format!("Rain ends the drought\nPublished 2 May 2024\n{}\n", body.join("\n"));
    let now = |time: &str| Hints { now: time.parse::<Timestamp>().ok(), ..Hints::default() };
    let date = |hints| clean(dump.as_bytes(), &hints).unwrap().record.date;
    assert!(date(now("2024-05-03T00:00:00Z")).is_some());
    assert_eq!(date(now("2023-05-03T00:00:00Z")), None);
}

fn any_line() -> impl Strategy<Value = String> {
    let known: Vec<String> = FORM
        .lines()
        .chain([
            "Leave a Reply",
            "Published 2 May 2024",
            "By Ada Reed",
            "20240502",
            "https://example.org/a",
            "Rain ends the drought in the northern valleys | The Valley Post",
            "",
            "東京は雨だった。四か月ぶりの雨で、農家は喜んでいる。",
            "पाँच साल बाद नदी में फिर से पानी आया, किसानों ने कहा।",
        ])
        .map(str::to_owned)
        .collect();
    prop_oneof![
        3 => proptest::sample::select(known),
        1 => "[A-Z][a-z]{1,8}( [a-z]{1,9}){0,30}[.!?]?",
        1 => "\\PC{0,40}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn cleaning_twice_is_cleaning_once(lines in proptest::collection::vec(any_line(), 0..40)) {
        if let Ok(once) = clean(lines.join("\n").as_bytes(), &Hints::default()) {
            let form = text::write(&once.record);
            let twice = clean(form.as_bytes(), &Hints::default());
            prop_assert_eq!(twice.map(|c| text::write(&c.record)), Ok(form));
        }
    }

    #[test]
    fn bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _answer = clean(&bytes, &Hints::default());
    }
}

#[test]
fn the_day_is_found_beside_a_copy_of_the_headline_or_by_its_label() {
    let body: Vec<&str> = FORM.lines().skip(3).collect();
    let (title, body) = ("Rain ends the drought in the northern valleys", body.join("\n"));
    let menu = "Home\nSign in\nSearch\nNews\nSport\n";
    let day = |dump: &str| clean(dump.as_bytes(), &Hints::default()).unwrap().record.date;
    let expected = record::date::parse_compact("20240502");
    let other_beside = format!(
        "{title}\n{menu}{title}\n2 May 2024, 12:30\n{body}\nOn this topic: the radio of 1 May 2024"
    );
    assert_eq!(day(&other_beside), expected, "a bare line is believed over one with words");
    let labelled =
        format!("{title}\n{body}\n{}Published: 2 May 2024, 14:47\n{menu}", menu.repeat(4));
    assert_eq!(day(&labelled), expected);
    let two = format!("{labelled}Published: 3 May 2024\n");
    assert_eq!(day(&two), None, "two days that contradict each other are none");
}

#[test]
fn a_heading_like_the_headline_does_not_become_it() {
    let body: Vec<&str> = FORM.lines().skip(3).collect();
    let text = format!(
        "Ten ways to grow barley in dry valleys\n{}\nTen good ways to grow barley in dry valleys\n{}\n",
        body[..2].join("\n"),
        body[2..].join("\n")
    );
    assert!(cleaned(&text).starts_with("Ten ways to grow barley in dry valleys\n"));
}

#[test]
fn what_comes_of_a_page_stays_as_it_is() {
    let mut articles = 0;
    for page in include_str!("../classify/pages.txt").split("=== ").skip(1) {
        let (_, html) = page.split_once('\n').unwrap();
        let page = record::Page {
            url: Some("https://news.example.org/2024/05/02/rain".into()),
            requested_url: None,
            content_type: None,
            body: html.as_bytes().to_vec(),
            fetched_at: "2026-01-01T00:00:00Z".parse().unwrap(),
        };
        let Ok(cleaned) = crate::page(&page, &Hints::default()) else { continue };
        articles += 1;
        let written = text::write(&cleaned.record);
        let again = clean(written.as_bytes(), &Hints::default()).unwrap();
        assert_eq!(text::write(&again.record), written);
    }
    assert!(articles >= 5, "{articles}");
}
