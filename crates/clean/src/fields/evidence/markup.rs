//! What markup says without showing it: `meta`, links, scripts and microdata.

use super::attributes::Attributes;
use super::walk::Walk;
use super::{Item, MAX_HEADLINE, MAX_PIECES};
use crate::fields::text_of::NodeRef;
use crate::html_scripts::SHOWN;

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
        let Some(text) = node.first_child().and_then(|c| c.value().as_text()) else { return };
        let text = self.whole_script(text);
        let traits = &mut self.found.traits;
        traits.script_text = traits.script_text.saturating_add(text.len() as u32);
        let kind = at.kind.unwrap_or_default();
        if kind.trim().eq_ignore_ascii_case("application/ld+json") {
            let texts = node.children().filter_map(|c| c.value().as_text());
            if self.found.json_ld.len() < 64 {
                self.found.json_ld.push(texts.map(|t| &**t).collect());
            }
        } else if self.found.scripts.len() < 64 && text.len() < 2_000_000 {
            self.found.scripts.push(text);
        }
    }

    /// The whole of a script of which the tree has `text`.
    pub(super) fn whole_script(&mut self, text: &'a str) -> &'a str {
        let place = self.long_scripts.iter().position(|long| {
            text.len() + 4 > SHOWN && text.len() < long.len() && long.starts_with(text)
        });
        let Some(place) = place else { return text };
        let whole = self.long_scripts.get(place).copied().unwrap_or(text);
        self.long_scripts = self.long_scripts.get(place + 1..).unwrap_or_default();
        whole
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
