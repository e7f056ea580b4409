//! Stories for scripts. Unknown fields are left out.

use std::collections::BTreeMap;

use record::story::Basis;
use serde::Serialize;
use store::{Story, StoryMember};

/// A story, with its records where they are asked for.
#[derive(Debug, Serialize)]
pub(super) struct StoryJson<'a> {
    id: String,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    headline: Option<String>,
    records: u64,
    first: String,
    last: String,
    sources: BTreeMap<&'a str, u64>,
    langs: BTreeMap<&'a str, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<MemberJson<'a>>>,
}

#[derive(Debug, Serialize)]
struct MemberJson<'a> {
    id: String,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lang: Option<&'a str>,
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate_of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<BasisJson<'a>>,
}

/// Why a record is in its story.
#[derive(Debug, Serialize)]
struct BasisJson<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    with: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    near: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shared: Vec<TermJson<'a>>,
}

#[derive(Debug, Serialize)]
struct TermJson<'a> {
    term: &'a str,
    share: f64,
}

impl<'a> StoryJson<'a> {
    pub(super) fn of(story: &'a Story, members: Option<&'a [StoryMember]>) -> Self {
        let counts = |all: &'a [(String, u64)]| {
            all.iter().map(|(name, count)| (name.as_str(), *count)).collect()
        };
        Self {
            id: story.id.to_string(),
            title: &story.title,
            headline: story.headline.map(|id| id.to_string()),
            records: story.records,
            first: story.first.to_string(),
            last: story.last.to_string(),
            sources: counts(&story.sources),
            langs: counts(&story.langs),
            members: members.map(|all| all.iter().map(MemberJson::of).collect()),
        }
    }
}

impl<'a> MemberJson<'a> {
    fn of(member: &'a StoryMember) -> Self {
        Self {
            id: member.id.to_string(),
            title: &member.title,
            url: member.url.as_deref(),
            lang: member.lang.as_deref(),
            time: member.time.to_string(),
            duplicate_of: member.duplicate_of.map(|id| id.to_string()),
            basis: member.basis.as_ref().map(BasisJson::of),
        }
    }
}

impl<'a> BasisJson<'a> {
    fn of(basis: &'a Basis) -> Self {
        let near = basis.near();
        let shared = near.map(|near| near.shared.as_slice()).unwrap_or_default();
        Self {
            kind: basis.code(),
            with: match basis {
                Basis::Decided(with) => Some(with.to_string()),
                _ => None,
            },
            near: near.map(|near| near.story.to_string()),
            score: near.map(|near| near.score),
            threshold: near.map(|near| near.threshold),
            shared: shared.iter().map(|s| TermJson { term: &s.term, share: s.share }).collect(),
        }
    }
}
