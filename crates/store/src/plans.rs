//! The plans of the statements that run for every record or claim: each must use its index.

use crate::test_support::World;
use crate::{captured, claim, feed_days, known, search, sources, stories, story_read, texts};

/// The statements, and the tables that they may walk through whole.
fn statements() -> Vec<(&'static str, &'static [&'static str])> {
    vec![
        (known::BY_ALIAS, &[]),
        (known::IS_TAKEN, &[]),
        (known::BY_CONTENT, &[]),
        (known::TEXT, &[]),
        (known::SKETCHES, &[]),
        (texts::SPANS, &[]),
        (captured::CAPTURED, &[]),
        (stories::RESOLVE, &[]),
        (stories::REACH, &[]),
        (story_read::NEWEST, &[]),
        (story_read::BIGGEST, &[]),
        (story_read::REMEMBERED, &[]),
        (story_read::MEMBERS, &[]),
        (&feed_days::ADD, &[]),
        (&feed_days::BEGIN, &[]),
        (search::SEARCH, &["search", "found", "placed", "shown"]),
        (claim::OPEN, &[]),
        (sources::FIRST_FEEDS, &[]),
        (sources::FIRST_ENTRIES, &[]),
        (&claim::ENTRIES.peek, &[]),
        (&claim::FEEDS.peek, &[]),
        (&claim::ENTRIES.claim, &[]),
        (&claim::FEEDS.claim, &[]),
        (&claim::ENTRIES.claim_alone, &[]),
        (&claim::FEEDS.claim_alone, &[]),
    ]
}

#[test]
fn no_hot_statement_walks_through_a_table() {
    let world = World::new();
    for (sql, may_scan) in statements() {
        let mut explain =
            world.store.connection().prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        for n in 1..=explain.parameter_count() {
            explain.raw_bind_parameter(n, 1).unwrap();
        }
        let mut rows = explain.raw_query();
        let mut plan = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            plan.push(row.get::<_, String>(3).unwrap());
        }
        let is_bad = |step: &&String| {
            let table = step.strip_prefix("SCAN ").and_then(|s| s.split(' ').next());
            // Derived tables are bounded by their own LIMIT; partial indexes hold few rows.
            let derived = |t: &str| {
                t.starts_with('(')
                    || t == "h"
                    || step.contains("USING INDEX")
                    || step.contains("_claimed")
                    || step.contains("_turn")
            };
            table.is_some_and(|t| !derived(t) && !may_scan.contains(&t) && t != "CONSTANT")
        };
        assert_eq!(plan.iter().find(is_bad), None, "{sql}\n{plan:#?}");
    }
}
