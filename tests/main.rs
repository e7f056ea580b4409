//! The program from the outside: what its users see, hold and lose.

mod bad_input;
mod commands;
mod digest;
mod kill;
mod licences;
mod seeds;
mod support;
mod web;
