//! The lines in and out.

use record::json::RecordJson;
use record::{Line, PageUrl, Record, StoryId};
use serde::Serialize;
use serde_json::Value;

/// A document to judge.
#[derive(Debug)]
pub(super) struct Document {
    /// Its id as the input has it; the line's number where it has none.
    pub(super) id: String,
    /// What is judged.
    pub(super) record: Record,
}

impl Document {
    /// Reads one line: `{"id","url","title","date","source","lang","body"}`, each of which
    /// may be missing, null or `""`. The error is the id as far as it can be told, and why.
    pub(super) fn read(bytes: &[u8], number: u64) -> Result<Self, (String, String)> {
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|e| (number.to_string(), format!("line {number}: {e}")))?;
        let text = |key: &str| match value.get(key) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let id = Some(text("id")).filter(|id| !id.is_empty()).unwrap_or(number.to_string());
        let known = |key: &str| Some(text(key)).filter(|text| !text.trim().is_empty());
        let json = RecordJson {
            url: known("url"),
            // Without a title the body decides alone; the record wants a visible one.
            title: known("title")
                .or_else(|| known("body").map(|_| "-".to_owned()))
                .unwrap_or_default(),
            published: known("date"),
            date: known("date"),
            lang: known("lang"),
            body: text("body"),
            ..RecordJson::default()
        };
        match json.to_record() {
            Some(record) => Ok(Self { id, record }),
            None => Err((id, format!("line {number}: no text: title and body are empty"))),
        }
    }

    /// The name of the place where it was found: its URL, or the line.
    pub(super) fn place(&self, number: u64) -> String {
        self.record.url.as_ref().map_or_else(|| format!("line:{number}"), PageUrl::identity)
    }

    /// The title, or what stands for it.
    pub(super) fn title(&self) -> &Line {
        &self.record.title
    }
}

/// A line of output. Unknown is null.
#[derive(Debug, Serialize)]
pub(super) struct Judgement {
    id: String,
    duplicate_of: Option<String>,
    duplicate_kind: Option<&'static str>,
    similarity: Option<f64>,
    story_id: Option<String>,
}

impl Judgement {
    /// A document that copies nothing.
    pub(super) fn original(id: String) -> Self {
        Self { id, duplicate_of: None, duplicate_kind: None, similarity: None, story_id: None }
    }

    /// A document that copies or revises an earlier one.
    pub(super) fn copy(
        id: String,
        of: String,
        kind: &'static str,
        similarity: Option<f64>,
    ) -> Self {
        let similarity = similarity.map(|s| (s * 1e4).round() / 1e4);
        let (duplicate_of, duplicate_kind) = (Some(of), Some(kind));
        Self { id, duplicate_of, duplicate_kind, similarity, story_id: None }
    }
}

impl Judgement {
    /// The same, with the story that the document belongs to. What is printed is final: when
    /// two stories grow together later, lines before keep the name that they have.
    pub(super) fn in_story(self, story: Option<StoryId>) -> Self {
        Self { story_id: story.map(|story| story.to_string()), ..self }
    }
}

/// A line that was no document.
#[derive(Debug, Serialize)]
pub(super) struct ErrorLine {
    pub(super) id: String,
    pub(super) error: String,
}
