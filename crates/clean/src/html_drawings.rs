//! Drawings (`svg`) that hold shapes and nothing else: where they end.

/// Elements of a drawing that no reader of the page looks for, in lower case.
const SHAPES: [&[u8]; 20] = [
    b"path",
    b"g",
    b"circle",
    b"rect",
    b"line",
    b"polygon",
    b"polyline",
    b"ellipse",
    b"defs",
    b"use",
    b"title",
    b"desc",
    b"symbol",
    b"clippath",
    b"mask",
    b"lineargradient",
    b"radialgradient",
    b"stop",
    b"svg",
    b"pattern",
];

/// Elements open at a time.
const MAX_DEPTH: usize = 32;

/// Where the end tag begins that closes the drawing whose content `bytes` begins with. In
/// `Err`, how far was read of one that is not as plain as this: elements of the list above,
/// properly nested, with quoted attributes or none. The HTML standard's rules for what leaves a
/// drawing early (13.2.6.5) do not come into play in such a one.
pub(crate) fn end_of(bytes: &[u8]) -> Result<usize, usize> {
    let mut open: Vec<&[u8]> = Vec::new();
    let mut at = 0;
    loop {
        let found = memchr::memchr(b'<', rest(bytes, at)).ok_or(bytes.len())?;
        let tag = at + found;
        let read = Tag::read(rest(bytes, tag + 1)).ok_or(tag)?;
        at = tag + 1 + read.length;
        match read.kind {
            Kind::End => match open.pop() {
                Some(name) if name.eq_ignore_ascii_case(read.name) => {}
                None if read.name.eq_ignore_ascii_case(b"svg") => return Ok(tag),
                _ => return Err(tag),
            },
            _ if open.len() == MAX_DEPTH || open.last().is_some_and(|name| is_label(name)) => {
                return Err(tag);
            }
            Kind::Start => open.push(read.name),
            Kind::Closed => {}
        }
    }
}

/// Elements whose content is HTML once more: they may hold text alone.
fn is_label(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"title") || name.eq_ignore_ascii_case(b"desc")
}

fn rest(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

enum Kind {
    Start,
    End,
    /// A start tag that closes itself.
    Closed,
}

struct Tag<'a> {
    name: &'a [u8],
    kind: Kind,
    /// Bytes up to and with its `>`.
    length: usize,
}

impl<'a> Tag<'a> {
    /// Reads a tag from behind its `<`.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let is_end = bytes.first() == Some(&b'/');
        let start = usize::from(is_end);
        let name = run(rest(bytes, start), |b| b.is_ascii_alphabetic());
        let mut at = start + name.len();
        if !SHAPES.iter().any(|shape| shape.eq_ignore_ascii_case(name)) {
            return None;
        }
        loop {
            let space = run(rest(bytes, at), |b| b.is_ascii_whitespace()).len();
            at += space;
            match rest(bytes, at) {
                [b'>', ..] => {
                    let kind = if is_end { Kind::End } else { Kind::Start };
                    return Some(Self { name, kind, length: at + 1 });
                }
                [b'/', b'>', ..] if !is_end => {
                    return Some(Self { name, kind: Kind::Closed, length: at + 2 });
                }
                attribute if space > 0 && !is_end => at += attribute_length(attribute)?,
                _ => return None,
            }
        }
    }
}

/// The bytes of an attribute with a quoted value.
fn attribute_length(bytes: &[u8]) -> Option<usize> {
    let name = run(bytes, |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b':' | b'_')).len();
    let value = match rest(bytes, name) {
        [b'=', quote @ (b'"' | b'\''), value @ ..] if name > 0 => memchr::memchr(*quote, value)?,
        _ => return None,
    };
    Some(name + 2 + value + 1)
}

/// The bytes at the beginning that are of a kind.
fn run(bytes: &[u8], is_of_it: impl Fn(u8) -> bool) -> &[u8] {
    let length = bytes.iter().position(|b| !is_of_it(*b)).unwrap_or(bytes.len());
    bytes.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_drawings_end_at_their_own_end_tag() {
        for plain in [
            "<path d=\"M1>2\"/><g fill='none'><title>A & B</title></g>",
            "<svg><use xlink:href=\"#a\"></use></svg>text",
            "",
        ] {
            assert_eq!(end_of(format!("{plain}</svg><p>").as_bytes()), Ok(plain.len()), "{plain}");
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_parser() {
        for other in [
            "<p>out</p></svg>",
            "<path d=M1/></svg>",
            "<g></svg>",
            "<title><path/></title></svg>",
            "</g></svg>",
            "<!-- </svg> -->",
            "<path d=\"M1",
            "<path d=\"M1\"e=\"\"/></svg>",
            "<foreignObject></foreignObject></svg>",
            "<g>",
        ] {
            assert!(end_of(other.as_bytes()).is_err(), "{other}");
        }
    }
}
