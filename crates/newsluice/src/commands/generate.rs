//! `completions` and `man`: generated from the command line's own definition.

use clap::CommandFactory;

use crate::cli::{Cli, Manual};
use crate::config::reference;
use crate::exit::Exit;

/// Prints a completion script.
pub(super) fn completions(shell: clap_complete::Shell) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "newsluice", &mut script);
    print(&script)
}

/// Prints the manual page (the program, then each verb), or the reference of all settings.
pub(super) fn manual(what: Manual) -> anyhow::Result<Exit> {
    if what == Manual::Settings {
        return print(reference::text().as_bytes());
    }
    let mut page = Vec::new();
    let mut command = Cli::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        let name = format!("newsluice-{}", verb.get_name());
        let verb = verb.clone().name(name);
        let man = clap_mangen::Man::new(verb);
        man.render_name_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    print(&page)
}

fn print(bytes: &[u8]) -> anyhow::Result<Exit> {
    use std::io::Write;
    std::io::stdout().write_all(bytes)?;
    Ok(Exit::Done)
}
