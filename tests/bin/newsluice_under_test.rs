//! The `newsluice` program, for the tests of this package.

fn main() -> std::process::ExitCode {
    newsluice::main()
}
