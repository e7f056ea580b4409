//! What an element's name means for the flow of text.

/// Names of elements as far as the body's extraction tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// Nothing in it is text of the page.
    Skipped,
    /// A line break.
    Br,
    /// A rule between parts.
    Hr,
    Link,
    Bold,
    Italic,
    /// Any other element inside a line.
    Inline,
    Paragraph,
    Heading(u8),
    Item,
    Term,
    Cell,
    Row,
    Table,
    List,
    Quote,
    Pre,
    Figure,
    Caption,
    Article,
    Main,
    Aside,
    Nav,
    Header,
    Footer,
    Form,
    Section,
    Details,
    Address,
    Button,
    Body,
    /// `div` and any other block.
    Block,
}

impl Tag {
    /// The tag of an element in HTML, or of a foreign one. By bytes, not by strings: their
    /// comparison becomes a tree of decisions, not one call for each name.
    pub(crate) fn of(name: &str) -> Self {
        match name.as_bytes() {
            b"script" | b"style" | b"noscript" | b"template" | b"svg" | b"iframe" | b"object"
            | b"embed" | b"canvas" | b"select" | b"option" | b"optgroup" | b"textarea"
            | b"input" | b"audio" | b"video" | b"map" | b"datalist" | b"head" | b"title"
            | b"meta" | b"link" | b"base" | b"param" | b"source" | b"track" | b"progress"
            | b"meter" | b"rt" | b"rp" | b"frameset" | b"noframes" | b"noembed" | b"dialog" => {
                Self::Skipped
            }
            b"br" => Self::Br,
            b"hr" => Self::Hr,
            b"a" => Self::Link,
            b"b" | b"strong" => Self::Bold,
            b"i" | b"em" => Self::Italic,
            b"p" => Self::Paragraph,
            b"h1" => Self::Heading(1),
            b"h2" => Self::Heading(2),
            b"h3" => Self::Heading(3),
            b"h4" => Self::Heading(4),
            b"h5" => Self::Heading(5),
            b"h6" => Self::Heading(6),
            b"li" => Self::Item,
            b"dt" | b"dd" => Self::Term,
            b"td" | b"th" => Self::Cell,
            b"tr" => Self::Row,
            b"table" => Self::Table,
            b"ul" | b"ol" | b"dl" | b"menu" => Self::List,
            b"blockquote" => Self::Quote,
            b"pre" | b"listing" | b"xmp" | b"plaintext" => Self::Pre,
            b"figure" => Self::Figure,
            b"figcaption" | b"caption" | b"amp-caption" => Self::Caption,
            b"article" => Self::Article,
            b"main" => Self::Main,
            b"aside" => Self::Aside,
            b"nav" => Self::Nav,
            b"header" => Self::Header,
            b"footer" => Self::Footer,
            b"form" => Self::Form,
            b"section" => Self::Section,
            b"details" | b"summary" => Self::Details,
            b"address" => Self::Address,
            b"button" => Self::Button,
            b"body" => Self::Body,
            b"div" | b"center" | b"fieldset" | b"legend" | b"html" | b"hgroup" | b"tbody"
            | b"thead" | b"tfoot" | b"dir" | b"search" | b"marquee" | b"layer" => Self::Block,
            _ => Self::Inline,
        }
    }
}
