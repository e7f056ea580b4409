//! The program from the outside: what its users see, hold and lose.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::format_collect,
    clippy::print_stdout,
    reason = "a test that panics has failed, and one that was skipped says so"
)]

mod archives;
mod backfill;
mod bad_input;
mod command_line;
mod commands;
mod conduct;
mod daemon;
mod demo;
mod digest;
mod disk;
mod doctor;
mod durability;
mod explain;
mod faults;
mod feed_parse;
mod fetch;
mod gaps;
mod handover;
mod hostile_origins;
mod http;
mod kill;
mod leaks;
mod licences;
mod maintain;
mod memory;
mod month;
mod pages;
mod readme;
mod recorded_sources;
mod recorder;
mod refetch;
mod reprocess;
mod sections;
mod seeds;
mod site_rules;
mod sources;
mod status;
mod stories;
mod support;
mod way_out;
mod web;
mod writers;
