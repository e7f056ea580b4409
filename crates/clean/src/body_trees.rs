//! The fitted decision: boosted trees over a block's row.

use std::sync::LazyLock;

/// One node in preorder: the left child follows its parent. Small, since every row asks
/// hundreds of them.
#[derive(Debug, Clone, Copy)]
struct Node {
    /// The place of the number that is asked; [`LEAF`] for none.
    feature: u16,
    /// The node to go on with where the number is more than `value`.
    right: u16,
    /// The most that the number may be to go on with the next node; of a leaf, what the tree
    /// adds.
    value: f32,
}

/// The `feature` of a leaf.
const LEAF: u16 = u16::MAX;

/// A sum of trees.
pub(crate) struct Trees(Vec<Vec<Node>>);

/// Does the block belong to the article? 150 trees of 12 leaves on the rows of
/// [`crate::body_features`], fitted with LightGBM 4.7 (cross entropy, learning rate 0.1, 35 %
/// of the features and 80 % of the rows a tree, 40 rows a leaf at least, L2 2) on the 147,000
/// blocks outside menus of 1,076 pages of 15 languages, weighted by their words and paragraphs
/// against those of the page's article. The recipe is in `fit/README.md`; figures on hosts not seen too.
pub(crate) static BODY: LazyLock<Trees> =
    LazyLock::new(|| Trees::read(include_str!("body_trees.txt")));

/// The probability of a block of a menu, which has no row: what the trees make of no numbers at
/// all. It counts where a table is judged as a whole.
pub(crate) static OF_MENU: LazyLock<f32> = LazyLock::new(|| BODY.probability(&[]));

impl Trees {
    /// Reads trees, one a line, its nodes in preorder: `feature:at_most>right` or `=value`.
    fn read(text: &str) -> Self {
        Self(text.lines().map(|line| line.split(' ').filter_map(read_node).collect()).collect())
    }

    /// The probability that the trees give to a row; less exact far from the middle: where the
    /// first trees say no, or those asked so far yes, the rest are not asked. It spares two of
    /// five, and one block in 30,000 would be judged otherwise by it.
    pub(crate) fn probability(&self, row: &[f32]) -> f32 {
        let mut sum = 0.0;
        for (asked, trees) in self.0.chunks(AT_ONCE).enumerate() {
            if sum > SURE || (asked == 1 && sum < -SURE) {
                break;
            }
            for tree in trees {
                sum += leaf(tree, row);
            }
        }
        1.0 / (1.0 + f32::exp(-sum))
    }
}

/// Trees asked before the next look at their sum.
const AT_ONCE: usize = 25;

/// A sum from which on the others are not asked, either way: a chance of one in thirteen. Tables
/// go by the chances of blocks that are next to none: those are asked for to the end.
const SURE: f32 = 2.5;

fn read_node(text: &str) -> Option<Node> {
    if let Some(value) = text.strip_prefix('=') {
        return Some(Node { feature: LEAF, right: 0, value: value.parse().ok()? });
    }
    let (feature, rest) = text.split_once(':')?;
    let (at_most, right) = rest.split_once('>')?;
    Some(Node {
        feature: feature.parse().ok()?,
        right: right.parse().ok()?,
        value: at_most.parse().ok()?,
    })
}

fn leaf(tree: &[Node], row: &[f32]) -> f32 {
    let mut at = 0;
    loop {
        match tree.get(at) {
            Some(Node { feature: LEAF, value, .. }) => return *value,
            Some(node) => {
                let number = row.get(usize::from(node.feature)).copied().unwrap_or(0.0);
                at = if number <= node.value { at + 1 } else { usize::from(node.right) };
            }
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
                let right = usize::from(node.right);
                assert!(node.feature == LEAF || (right > at && right < tree.len()));
            }
        }
    }
}
