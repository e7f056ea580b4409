//! Every crate that is built in has a licence that lets us ship it, and none is banned.

use std::collections::BTreeSet;
use std::process::{Command, Output};

/// Licences that may be combined with ours, by SPDX.
const ALLOWED: [&str; 14] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MPL-2.0",
    "Zlib",
    "Unicode-3.0",
    "Unlicense",
    "0BSD",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "BSL-1.0",
];

/// Crates that must not come in, each with its reason.
const BANNED: [(&str, &str); 3] = [
    ("openssl-sys", "rustls only"),
    ("native-tls", "rustls only"),
    ("aws-lc-sys", "ring is the one provider: half the build time"),
];

/// Is the expression satisfied by the allowed licences? Enough of SPDX for what crates write:
/// OR, AND, `/` and parentheses.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace(['(', ')'], " ").replace('/', " OR ");
    expression
        .split(" AND ")
        .all(|part| part.split(" OR ").map(str::trim).any(|licence| ALLOWED.contains(&licence)))
}

fn metadata(more: &[&str]) -> Output {
    Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .args(more)
        .current_dir(crate::support::repository(""))
        .output()
        .unwrap()
}

#[test]
fn licences_are_allowed_and_no_crate_is_banned() {
    // Crates that the lock names and nothing builds are not there after a first build: cargo
    // brings them, as it brought the others.
    let output = [&["--offline"][..], &[]].into_iter().map(metadata).find(|o| o.status.success());
    let output = output.expect("crates are missing: cargo fetch --locked");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut wrong = BTreeSet::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or("none");
        if !is_allowed(licence) {
            wrong.insert(format!("{name}: {licence}"));
        }
        if let Some((_, why)) = BANNED.iter().find(|(banned, _)| *banned == name) {
            wrong.insert(format!("{name}: banned: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
