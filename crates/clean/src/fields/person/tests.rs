use proptest::prelude::*;

use super::{is_organisation, is_phrase, names, starts_as_byline};
use crate::fields::text_of::BOUND;

#[test]
fn several_people_in_many_languages() {
    for text in [
        "By Jo Doe and Ann Roe",
        "Von Jo Doe und Ann Roe",
        "Par Jo Doe et Ann Roe",
        "Por Jo Doe y Ann Roe",
        "di Jo Doe e Ann Roe",
        "Door Jo Doe en Ann Roe",
        "Av Jo Doe og Ann Roe",
        "Jo Doe, Ann Roe",
        "Jo Doe; Ann Roe",
        "Jo Doe & Ann Roe",
        "Written by: Jo Doe and Ann Roe | Updated 2 May",
        "BY JO DOE AND ANN ROE",
        "Автор: Jo Doe и Ann Roe",
        "By Jo Doe, Ann Roe Published 2 May 2024",
        "By Jo Doe with Ann Roe",
        "Tekst: Jo Doe i Ann Roe",
    ] {
        let found: Vec<String> = names(text).iter().map(|n| n.to_lowercase()).collect();
        assert_eq!(found, ["jo doe", "ann roe"], "{text}");
    }
}

#[test]
fn degrees_stay_and_jobs_go() {
    assert_eq!(names("Jo Doe, PhD, RN"), ["Jo Doe, PhD, RN"]);
    assert_eq!(names("Jo Doe, science editor"), ["Jo Doe"]);
    let place = format!("Jo Doe{BOUND} | Palma de Mallorca | 08/01/2014");
    assert_eq!(names(&place), ["Jo Doe"]);
    for text in
        ["(Reporting by Jo Doe; Editing by Ann Roe)", "(Reporting by Jo Doe, editing by Ann Roe)"]
    {
        assert_eq!(names(text), ["Jo Doe"], "{text}");
    }
    assert_eq!(names("Von Vonovia Müller"), ["Vonovia Müller"]);
    assert_eq!(names("松岡大地"), ["松岡大地"]);
    assert_eq!(names("松岡大地記者"), ["松岡大地"]);
    assert_eq!(names("文・松岡大地"), ["松岡大地"]);
    assert_eq!(names("(责编：牛镛、岳弘彬)"), ["牛镛", "岳弘彬"]);
    assert!(starts_as_byline("（责编：牛镛、岳弘彬）") && starts_as_byline("记者：王小明"));
    assert!(!starts_as_byline("文化：今天下午北京下雨了") && !starts_as_byline("作者："));
    assert_eq!(names("홍길동 기자"), ["홍길동"]);
    assert!(names("記者").is_empty());
    assert_eq!(names("2 May 2024 | Jo Doe | Senior Writer"), ["Jo Doe"]);
    assert_eq!(names("Jo Doe, CNN"), ["Jo Doe"]);
    assert_eq!(names("Text: Jo Doe Foto: Max Moe"), ["Jo Doe"]);
    assert_eq!(names("Door onze redacteur Jo Doe"), ["Jo Doe"]);
    assert_eq!(names("By Jo Doe For Example.com and Ann Roe"), ["Jo Doe", "Ann Roe"]);
    assert_eq!(names("Center for Drugs and Research"), ["Center for Drugs and Research"]);
    assert_eq!(names("Jo Doe and Reuters"), ["Jo Doe", "Reuters"]);
}

#[test]
fn nobody_is_named() {
    for text in ["4 Comments", "View more posts", "This post was", "Sat", "Image: Agency"] {
        assert!(names(text).is_empty(), "{text}");
    }
    for text in ["range of backgrounds", "of this article", "51-629-6259 E", "jo@example.org"] {
        assert!(is_phrase(text), "{text}");
    }
    for text in [
        "Staff",
        "The Author",
        "admin",
        "https://facebook.com/paper",
        "@paper",
        "By",
        "12 May 2024",
    ] {
        assert!(names(text).is_empty(), "{text}");
    }
    assert!(is_organisation("BR24 Redaktion") && is_organisation("The Paper Staff"));
    assert!(!is_organisation("Jo Doe"));
}

/// Takes minutes where each word is compared with all before it.
#[test]
fn a_byline_without_end_is_cut() {
    for part in ["and ", "Jo Doe, ", "記者王小明／", "기자 "] {
        assert!(names(&part.repeat(100_000)).len() <= 400, "{part}");
    }
}

proptest! {
    #[test]
    fn anything_is_survived(text in "\\PC{0,60}") {
        names(&text);
        starts_as_byline(&text);
    }
}
