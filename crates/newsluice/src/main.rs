//! The `newsluice` program. Everything is in the library beside it.

fn main() -> std::process::ExitCode {
    newsluice::main()
}
