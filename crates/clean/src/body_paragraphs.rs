//! Blocks to paragraphs.

use record::Line;

use crate::body_blocks::{Block, Blocks};
use crate::body_tables;

/// The kept blocks as paragraphs: a drop cap joins its word, and lines between single breaks
/// stay together unless they read as paragraphs of their own.
pub(crate) fn form(page: &Blocks, kept: &[usize]) -> Vec<Line> {
    let mut paragraphs: Vec<Line> = Vec::with_capacity(kept.len());
    let mut cap = String::new();
    let mut before: Option<usize> = None;
    for (at, block) in kept.iter().filter_map(|at| Some((*at, page.blocks.get(*at)?))) {
        if before.is_none_or(|before| before + 1 != at) {
            paragraphs.extend(Line::new(&std::mem::take(&mut cap)));
        }
        let length = paragraphs.last().map_or(0, |line| line.len());
        if body_tables::goes_on(page, before.replace(at), at, length)
            && let Some(row) = paragraphs.pop()
        {
            paragraphs.extend(Line::new(&format!("{row} {}", block.text)));
            continue;
        }
        if is_drop_cap(block) && !body_tables::is_in_row(page, at) {
            cap.clone_from(&block.text);
            continue;
        }
        for text in split(&block.text) {
            let joined = std::mem::take(&mut cap) + &text;
            // Rows of stars and dashes are no paragraphs.
            let line = Line::new(&joined).filter(|line| line.contains(char::is_alphanumeric));
            paragraphs.extend(line);
        }
    }
    paragraphs.extend(Line::new(&cap));
    paragraphs
}

fn is_drop_cap(block: &Block) -> bool {
    let mut chars = block.text.chars();
    let capital = chars.next().is_some_and(char::is_uppercase);
    capital && chars.next().is_none()
}

/// Bytes from which on a line that ends a sentence is a paragraph of its own.
const PARAGRAPH: usize = 80;

/// The paragraphs of a block whose lines were broken by hand.
fn split(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.split('\n') {
        let Some(last) = paragraphs.last_mut() else { continue };
        let ended = last.ends_with(['.', '!', '?', '。', '！', '？', '”', '"', '」', ':', '»']);
        if last.is_empty() {
            last.push_str(line);
        } else if last.len() >= PARAGRAPH && ended {
            paragraphs.push(line.to_owned());
        } else {
            last.push(' ');
            last.push_str(line);
        }
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    fn paragraphs(html: &str) -> Vec<String> {
        let page = Blocks::of(&Html::parse_document(html));
        let all: Vec<usize> = (0..page.blocks.len()).collect();
        form(&page, &all).into_iter().map(Line::into_string).collect()
    }

    #[test]
    fn what_stood_apart_is_not_joined() {
        let html = "<p>A<p>left out<p>Not of one word.<table><tr><td>1<td>left out<td>50</table>";
        let page = Blocks::of(&Html::parse_document(html));
        let lines: Vec<String> =
            form(&page, &[0, 2, 3, 5]).into_iter().map(Line::into_string).collect();
        assert_eq!(lines, ["A", "Not of one word.", "1", "50"]);
    }

    #[test]
    fn breaks_tags_and_caps_make_the_paragraphs_that_people_see() {
        let html = "<div>One <b>bo</b>ld.<br>\n<br>Two <a href=x>link</a>.<p>Three</p>four</div>";
        assert_eq!(paragraphs(html), ["One bold.", "Two link.", "Three", "four"]);
        assert_eq!(paragraphs("<div>T</div><div>he rain.</div>"), ["The rain."]);
        assert_eq!(paragraphs("<p>Dr&shy;ops<ruby>雨<rt>あめ</rt></ruby>"), ["Drops雨"]);
        let table = "<table><tr><td>1<td><p>Ann<td>50<tr><td>2<td>Bo</table>";
        assert_eq!(paragraphs(table), ["1 Ann 50", "2 Bo"]);
        let letters = "<table><tr><td>1<td>Ann<tr><td>S<td>Bo</table>";
        assert_eq!(paragraphs(letters), ["1 Ann", "S Bo"]);
        assert_eq!(paragraphs("<p>A poem<br>of two lines</p>"), ["A poem of two lines"]);
    }
}
