//! The fitted decision: boosted trees over a block's row.

use std::sync::LazyLock;

/// One node in preorder: the left child follows its parent.
#[derive(Debug, Clone, Copy)]
enum Node {
    /// Go on with the next node where the number at this place is at most this, else with
    /// the node at `right`.
    Split { feature: u16, right: u16, at_most: f32 },
    /// What the tree adds.
    Leaf(f32),
}

/// A sum of trees.
pub(crate) struct Trees(Vec<Vec<Node>>);

/// Does the block belong to the article? 150 trees of 12 leaves on the rows of
/// [`crate::body_features`], fitted with LightGBM 4.7 (cross entropy, learning rate 0.1, 35 %
/// of the features and 80 % of the rows a tree, 40 rows a leaf at least, L2 2) on the 126,000
/// blocks outside menus of 1,076 pages of 15 languages, weighted by their words and paragraphs
/// against those of the page's article. The recipe is in `fit/README.md`; figures on hosts not seen too.
pub(crate) static BODY: LazyLock<Trees> =
    LazyLock::new(|| Trees::read(include_str!("body_trees.txt")));

impl Trees {
    /// Reads trees, one a line, its nodes in preorder: `feature:at_most>right` or `=value`.
    fn read(text: &str) -> Self {
        Self(text.lines().map(|line| line.split(' ').filter_map(read_node).collect()).collect())
    }

    /// The probability that the trees give to a row; less exact far below the middle, where
    /// the first trees say no and the rest are not asked (one row of three; one in 9,000 of
    /// those kept would be lost by it).
    pub(crate) fn probability(&self, row: &[f32]) -> f32 {
        let mut sum = 0.0;
        for (asked, tree) in self.0.iter().enumerate() {
            if asked == FIRST && sum < SURELY_NOT {
                break;
            }
            sum += leaf(tree, row);
        }
        1.0 / (1.0 + f32::exp(-sum))
    }
}

/// Trees asked first.
const FIRST: usize = 25;

/// A sum of the first trees below which the others are not asked.
const SURELY_NOT: f32 = -2.5;

fn read_node(text: &str) -> Option<Node> {
    if let Some(value) = text.strip_prefix('=') {
        return Some(Node::Leaf(value.parse().ok()?));
    }
    let (feature, rest) = text.split_once(':')?;
    let (at_most, right) = rest.split_once('>')?;
    Some(Node::Split {
        feature: feature.parse().ok()?,
        right: right.parse().ok()?,
        at_most: at_most.parse().ok()?,
    })
}

fn leaf(tree: &[Node], row: &[f32]) -> f32 {
    let mut at = 0;
    loop {
        match tree.get(at) {
            Some(Node::Split { feature, right, at_most }) => {
                let number = row.get(usize::from(*feature)).copied().unwrap_or(0.0);
                at = if number <= *at_most { at + 1 } else { usize::from(*right) };
            }
            Some(Node::Leaf(value)) => return *value,
            None => return 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_walked() {
        let trees = Trees::read("1:0.5>2 =-2 0:3>4 =1 =2\n=0.5\n");
        assert!(trees.probability(&[0.0, 0.5]) < 0.2);
        assert!(trees.probability(&[9.0, 0.6]) > 0.9);
    }

    #[test]
    fn every_node_of_the_fitted_trees_is_read_and_leads_on() {
        let text = include_str!("body_trees.txt");
        for (line, tree) in text.lines().zip(&BODY.0) {
            assert_eq!(line.split(' ').count(), tree.len());
            for (at, node) in tree.iter().enumerate() {
                if let Node::Split { right, .. } = node {
                    assert!(usize::from(*right) > at && usize::from(*right) < tree.len());
                }
            }
        }
    }
}
