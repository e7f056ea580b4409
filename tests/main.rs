//! The program from the outside: what its users see, hold and lose.

mod bad_input;
mod commands;
mod digest;
mod faults;
mod feed_parse;
mod kill;
mod licences;
mod memory;
mod seeds;
mod support;
mod web;
