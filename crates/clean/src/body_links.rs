//! What a link leads to, as far as its address tells.

/// Longest address looked at, in bytes.
const MAX_ADDRESS: usize = 200;

/// Does the address lead to a page about an author? One pass over its parts between slashes,
/// since a page has hundreds of links.
pub(crate) fn leads_to_author(href: &str) -> bool {
    let href = href.get(..href.floor_char_boundary(MAX_ADDRESS)).unwrap_or_default();
    let mut parts = href.split('/').skip(1).peekable();
    while let Some(part) = parts.next() {
        if is_author(part, parts.peek().is_some()) {
            return true;
        }
    }
    false
}

/// `closed` says that a slash follows the part.
fn is_author(part: &str, closed: bool) -> bool {
    let named = matches!(
        part.as_bytes(),
        b"author" | b"authors" | b"by" | b"people" | b"profile" | b"staff" | b"autor"
    );
    (named && closed) || part.starts_with("contributor")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_about_authors_are_told_by_the_parts_of_an_address() {
        for (href, known) in [
            ("https://a.example/author/jo", true),
            ("/contributors/jo", true),
            ("/tag/rain/", false),
            ("#top", false),
            ("", false),
            ("/author", false),
            ("/2024/05/by-the-sea", false),
        ] {
            assert_eq!(leads_to_author(href), known, "{href}");
        }
    }
}
