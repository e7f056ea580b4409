//! The numbers that the choice of blocks is fitted on: for the program that fits it, nothing else.
//!
//! The recipe: of pages with a known body, each block's row is labelled with the share of its
//! word shingles that the body holds, at its place; LightGBM (MIT) fits the trees on these rows.
//! What is reported of the result comes from folds by host: trees that have not seen the host.
//! The programs and how to run them are in `fit/README.md`.

use ego_tree::NodeId;
use record::Line;
use scraper::Html;

use crate::body_blocks::Blocks;
use crate::body_evidence::Evidence;
use crate::body_totals::AllTotals;
use crate::html_parse::LongScript;
use crate::{Hints, body, body_fallback, body_features, fields, html, html_parse};

/// The blocks of one page.
#[derive(Debug)]
pub struct Fitting {
    html: Html,
    long_scripts: Vec<(NodeId, String)>,
    url: Option<String>,
    page: Blocks,
    totals: AllTotals,
    evidence: Evidence,
}

impl Fitting {
    /// Reads a page that stood at `url`.
    #[must_use]
    pub fn of(html: &str, url: Option<&str>) -> Self {
        let html_parse::Parsed { html, long_scripts, .. } = html_parse::parse(html);
        let page = Blocks::of(&html);
        let totals = AllTotals::of(&page);
        let hints = Hints::default();
        let context = fields::Context {
            url,
            requested_url: None,
            hints: &hints,
            long_scripts: &long_scripts,
        };
        let evidence = Evidence::of(&fields::extract(&html, &context), None);
        let long_scripts = long_scripts.iter().map(|s| (s.node, s.text.to_owned())).collect();
        Self { html, long_scripts, url: url.map(str::to_owned), page, totals, evidence }
    }

    /// The texts of the blocks.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        self.page.blocks.iter().map(|block| block.text.as_str()).collect()
    }

    /// The rows of the blocks; empty for blocks that are left out before.
    #[must_use]
    pub fn rows(&self) -> Vec<Vec<f32>> {
        body_features::rows(&self.page, &self.totals, &self.evidence, |row| {
            row.cloned().unwrap_or_default()
        })
    }

    /// The body that follows from each block's probability, as the record has it; empty where
    /// the page is refused.
    #[must_use]
    pub fn body(&self, probabilities: &[f32]) -> Vec<Line> {
        let long = self.long_scripts.iter();
        let long = long.map(|(node, text)| LongScript { node: *node, text });
        let long_scripts: Vec<LongScript<'_>> = long.collect();
        let hints = Hints::default();
        let context = fields::Context {
            url: self.url.as_deref(),
            requested_url: None,
            hints: &hints,
            long_scripts: &long_scripts,
        };
        let state = body_fallback::state(&self.html, &long_scripts);
        let body = body::from(&state, &self.page, &self.totals, &self.evidence, probabilities);
        let fields = fields::extract(&self.html, &context);
        let cleaned = html::finish(fields, body, &context, std::convert::identity);
        cleaned.map(|cleaned| cleaned.record.body).unwrap_or_default()
    }
}

/// A parsed page, to measure what its fields alone cost.
#[derive(Debug)]
pub struct Tree<'a>(html_parse::Parsed<'a>);

impl<'a> Tree<'a> {
    /// Parses a page.
    #[must_use]
    pub fn of(html: &'a str) -> Self {
        Self(html_parse::parse(html))
    }

    /// Judges every field of the page that stood at `url` and has this body; says how many are
    /// known.
    #[must_use]
    pub fn fields(&self, url: Option<&str>, body: &str) -> usize {
        let (html, long_scripts) = (&self.0.html, &self.0.long_scripts);
        let hints = &Hints::default();
        let context = fields::Context { url, requested_url: None, hints, long_scripts };
        let mut fields = fields::extract(html, &context);
        fields::language(&mut fields, body);
        fields.provenance.len()
    }
}

/// The text of a page's bytes.
#[must_use]
pub fn decode(bytes: &[u8]) -> String {
    let text = crate::charset::decode(bytes, None).0;
    crate::double_encoding::mended(&text).unwrap_or_else(|| text.into_owned())
}
