//! What a link leads to, as far as its address tells.

/// Kinds of goals that say something of the text around a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    /// A page about an author.
    Author,
    /// A tag, topic or category.
    Tag,
    /// A mail address, a telephone or a network to share on.
    Share,
    /// A place on the same page, or nothing.
    Here,
}

/// Longest address looked at, in bytes.
const MAX_ADDRESS: usize = 200;

/// The goal of an address; `None` for any other page. One pass over its parts between slashes,
/// since a page has hundreds of links.
pub(crate) fn goal(href: &str) -> Option<Goal> {
    let href = href.get(..href.floor_char_boundary(MAX_ADDRESS)).unwrap_or_default();
    let mut parts = href.split('/').peekable();
    let mut before = parts.next().unwrap_or_default();
    let (mut is_tag, mut is_share) = (false, has_scheme(before));
    while let Some(part) = parts.next() {
        let closed = parts.peek().is_some();
        if is_author(part, closed) {
            return Some(Goal::Author);
        }
        is_tag |= is_tags(part, closed);
        is_share |= shares(before, part) || has_scheme(part);
        before = part;
    }
    if is_tag {
        Some(Goal::Tag)
    } else if is_share {
        Some(Goal::Share)
    } else {
        let here = href.is_empty() || href.starts_with('#') || href.starts_with("javascript:");
        here.then_some(Goal::Here)
    }
}

/// `closed` says that a slash follows the part.
fn is_author(part: &str, closed: bool) -> bool {
    let named = matches!(
        part.as_bytes(),
        b"author" | b"authors" | b"by" | b"people" | b"profile" | b"staff" | b"autor"
    );
    (named && closed) || part.starts_with("contributor")
}

fn is_tags(part: &str, closed: bool) -> bool {
    let named = matches!(
        part.as_bytes(),
        b"tag" | b"tags" | b"topic" | b"topics" | b"category" | b"thema" | b"categories"
    );
    (named && closed) || part.starts_with("keyword")
}

fn has_scheme(part: &str) -> bool {
    part.contains(':') && ["mailto:", "tel:", "whatsapp:"].iter().any(|s| part.contains(s))
}

/// Do a host and what follows it make the address of a button to share?
fn shares(host: &str, part: &str) -> bool {
    let sharing = part.starts_with("share") && !host.is_empty();
    host.ends_with("wa.me")
        || (part.starts_with("intent") && host.ends_with("twitter.com"))
        || (sharing
            && ["facebook.com", "twitter.com", "linkedin.com", "t.me"]
                .iter()
                .any(|network| host.ends_with(network)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_told_by_the_parts_of_an_address() {
        for (href, known) in [
            ("https://a.example/author/jo", Some(Goal::Author)),
            ("/contributors/jo", Some(Goal::Author)),
            ("/tag/rain/", Some(Goal::Tag)),
            ("mailto:jo@a.example", Some(Goal::Share)),
            ("https://www.facebook.com/sharer.php?u=x", Some(Goal::Share)),
            ("https://wa.me/?text=x", Some(Goal::Share)),
            ("#top", Some(Goal::Here)),
            ("", Some(Goal::Here)),
            ("/author", None),
            ("/2024/05/rain-share", None),
        ] {
            assert_eq!(goal(href), known, "{href}");
        }
    }
}
