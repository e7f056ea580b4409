//! Names of people in bylines.

use record::Line;

/// Does the text begin as a byline does ("By …")?
pub(crate) fn starts_as_byline(text: &str) -> bool {
    let lower = text.get(..text.floor_char_boundary(24)).unwrap_or_default().to_lowercase();
    ["by ", "von ", "par ", "por ", "di ", "door ", "av ", "af "]
        .iter()
        .any(|p| lower.starts_with(p))
        && text.len() < 120
}

/// The names in a byline.
pub(crate) fn names(text: &str) -> Vec<String> {
    Line::new(text).map(Line::into_string).into_iter().collect()
}
