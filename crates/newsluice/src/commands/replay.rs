//! `replay`: files and folders through all stages, offline.

use archive::Limits;

use crate::cli::ReplayArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::pipeline::{Pipeline, Plan, Replay};

/// Replays the paths and prints the summary.
pub(super) fn run(context: &Context, args: &ReplayArgs) -> anyhow::Result<Exit> {
    let key: Vec<String> = args.paths.iter().map(|p| p.display().to_string()).collect();
    let plan = Plan {
        kind: "replay",
        key: key.join("\n"),
        ack: args.ack.as_deref(),
        jobs: context.jobs(args.jobs.jobs),
    };
    let pipeline = Pipeline::open(context, &plan)?;
    let limits = Limits { file: context.config.clean.text_limit.0, ..Limits::default() };
    let replay = Replay {
        paths: args.paths.clone(),
        limits,
        at: pipeline.run().started_at,
        reader: pipeline.reader()?,
    };
    let ended = pipeline.replay(replay)?;
    ended.report(context)
}
