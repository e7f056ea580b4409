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
    /// The tag of an element in HTML, or of a foreign one.
    pub(crate) fn of(name: &str) -> Self {
        match name {
            "script" | "style" | "noscript" | "template" | "svg" | "iframe" | "object"
            | "embed" | "canvas" | "select" | "option" | "optgroup" | "textarea" | "input"
            | "audio" | "video" | "map" | "datalist" | "head" | "title" | "meta" | "link"
            | "base" | "param" | "source" | "track" | "progress" | "meter" | "rt" | "rp"
            | "frameset" | "noframes" | "noembed" | "dialog" => Self::Skipped,
            "br" => Self::Br,
            "hr" => Self::Hr,
            "a" => Self::Link,
            "b" | "strong" => Self::Bold,
            "i" | "em" => Self::Italic,
            "p" => Self::Paragraph,
            "h1" => Self::Heading(1),
            "h2" => Self::Heading(2),
            "h3" => Self::Heading(3),
            "h4" => Self::Heading(4),
            "h5" => Self::Heading(5),
            "h6" => Self::Heading(6),
            "li" => Self::Item,
            "dt" | "dd" => Self::Term,
            "td" | "th" => Self::Cell,
            "tr" => Self::Row,
            "table" => Self::Table,
            "ul" | "ol" | "dl" | "menu" => Self::List,
            "blockquote" => Self::Quote,
            "pre" | "listing" | "xmp" | "plaintext" => Self::Pre,
            "figure" => Self::Figure,
            "figcaption" | "caption" | "amp-caption" => Self::Caption,
            "article" => Self::Article,
            "main" => Self::Main,
            "aside" => Self::Aside,
            "nav" => Self::Nav,
            "header" => Self::Header,
            "footer" => Self::Footer,
            "form" => Self::Form,
            "section" => Self::Section,
            "details" | "summary" => Self::Details,
            "address" => Self::Address,
            "button" => Self::Button,
            "body" => Self::Body,
            "div" | "center" | "fieldset" | "legend" | "html" | "hgroup" | "tbody" | "thead"
            | "tfoot" | "dir" | "search" | "marquee" | "layer" => Self::Block,
            _ => Self::Inline,
        }
    }
}
