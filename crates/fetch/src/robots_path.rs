//! Patterns and paths of robots.txt, compared as RFC 9309 2.2.2 and 2.2.3 say.

/// A path or pattern with one spelling for each octet: escapes of unreserved characters undone,
/// the others in upper case, what is not ASCII escaped.
pub(crate) fn normalized(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        let digit = |i: usize| bytes.get(i).and_then(|b| char::from(*b).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (byte, digit(at + 1), digit(at + 2)) {
            push(&mut out, (high * 16 + low) as u8, is_unreserved);
            at += 3;
        } else {
            push(&mut out, byte, |byte| byte.is_ascii_graphic());
            at += 1;
        }
    }
    out
}

fn push(out: &mut String, byte: u8, is_plain: impl Fn(u8) -> bool) {
    const HEX: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    if is_plain(byte) {
        out.push(char::from(byte));
        return;
    }
    let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or('0');
    out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Does a pattern match the start of a path? `*` stands for any characters, `$` at the end for
/// the path's end. Greedy from the left, without going back: linear in both.
pub(crate) fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, anchored) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut last = None;
    for piece in pieces {
        if let Some(piece) = last.replace(piece) {
            match rest.split_once(piece) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
    }
    match (last, anchored) {
        (None, true) => rest.is_empty(),
        (None, false) => true,
        (Some(piece), true) => rest.ends_with(piece),
        (Some(piece), false) => rest.contains(piece),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_and_the_end() {
        for (pattern, path, expected) in [
            ("/", "/anything", true),
            ("/fish", "/fishheads/x", true),
            ("/fish", "/Fish.asp", false),
            ("/fish*", "/fish.html", true),
            ("/fish/", "/fish", false),
            ("/*.php", "/folder/a.php?x", true),
            ("/*.php$", "/a.php?x", false),
            ("/*.php$", "/a.php5/b.php", true),
            ("/fish*.php", "/fishheads/catfish.php?p", true),
            ("/*/a*b$", "/x/a1b2b", true),
            ("/$", "/", true),
            ("/$", "/x", false),
            ("*", "/", true),
            ("/a*$", "/abc", true),
            ("/a**c", "/abc", true),
            ("/a$b", "/a$b", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn one_spelling_for_each_octet() {
        assert_eq!(normalized("/%7Euser/%e3%83%84"), "/~user/%E3%83%84");
        assert_eq!(normalized("/ツ"), "/%E3%83%84");
        assert_eq!(normalized("/a%2fb%3F?x=%zz"), "/a%2Fb%3F?x=%zz");
    }
}
