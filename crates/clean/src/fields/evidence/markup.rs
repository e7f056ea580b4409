//! What markup says without showing it: `meta`, links, scripts and microdata.

use super::attributes::Attributes;
use super::walk::Walk;
use super::{Item, MAX_HEADLINE, MAX_PIECES};
use crate::fields::text_of::NodeRef;

impl<'a> Walk<'a> {
    pub(super) fn meta(&mut self, at: &Attributes<'a>) {
        if at.equiv.is_some_and(|e| e.eq_ignore_ascii_case("refresh")) {
            self.found.traits.refresh = true;
        }
        let Some(content) = at.content.filter(|c| !c.trim().is_empty()) else { return };
        for name in [at.property, at.name, at.equiv].into_iter().flatten() {
            if self.found.metas.len() < 2 * MAX_PIECES && name.len() < 80 {
                self.found.metas.push((name.trim().to_ascii_lowercase(), content));
            }
        }
    }

    pub(super) fn link(&mut self, at: &Attributes<'a>) {
        if let Some(href) = at.href
            && self.found.links.len() < MAX_PIECES
        {
            self.found.links.push((at.rel, href));
        }
    }

    pub(super) fn script(&mut self, node: NodeRef<'a>, at: &Attributes<'a>) {
        let traits = &mut self.found.traits;
        traits.scripts = traits.scripts.saturating_add(1);
        if let Some(src) = at.src
            && traits.sources.len() < 40
        {
            traits.sources.push(src.chars().take(200).collect());
        }
        let long = self.long_script(node);
        let shown = || Some(&**node.first_child()?.value().as_text()?);
        let Some(text) = long.or_else(shown) else { return };
        let traits = &mut self.found.traits;
        traits.script_text = traits.script_text.saturating_add(text.len() as u32);
        let kind = at.kind.unwrap_or_default();
        if kind.trim().eq_ignore_ascii_case("application/ld+json") {
            let texts = node.children().filter_map(|c| c.value().as_text());
            if self.found.json_ld.len() < 64 {
                let whole = || texts.map(|t| &**t).collect();
                self.found.json_ld.push(long.map_or_else(whole, as_parsed));
            }
        } else if self.found.scripts.len() < MAX_PIECES && text.len() < 2_000_000 {
            self.found.scripts.push(text);
        }
    }

    /// The text of a script that was kept out of the tree.
    fn long_script(&self, node: NodeRef<'a>) -> Option<&'a str> {
        let place = self.long_scripts.binary_search_by_key(&node.id(), |long| long.node).ok()?;
        self.long_scripts.get(place).map(|long| long.text)
    }

    pub(super) fn item(&mut self, node: NodeRef<'a>, name: &'a str, at: &Attributes<'a>) {
        if self.found.items.len() >= MAX_PIECES {
            return;
        }
        // The item that has this property is the one around the element, not the element.
        let above = self.stack.iter().rev().nth(1).copied().unwrap_or_default();
        let value = at.content.or(at.datetime).or(match name {
            "url" | "image" | "license" | "thumbnailUrl" | "contentUrl" => at.href.or(at.src),
            _ => None,
        });
        let long = name == "articleBody";
        let piece = self.piece(node, if long { 0 } else { MAX_HEADLINE }, true);
        self.found.items.push(Item {
            name,
            value,
            kind: at.itemtype,
            owner: above.item_type,
            owner_prop: above.item_prop,
            piece,
        });
    }
}

/// A script's text with line ends as the parser makes them.
fn as_parsed(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
