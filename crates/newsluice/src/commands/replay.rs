//! `replay`: files and folders through all stages, offline.

use archive::Limits;

use crate::cli::ReplayArgs;
use crate::context::Context;
use crate::exit::{Exit, is_in_use};
use crate::pipeline::{Pipeline, Plan, Replay, handover};

/// Replays the paths and prints the summary.
pub(super) fn run(context: &Context, args: &ReplayArgs) -> anyhow::Result<Exit> {
    let key: Vec<String> = args.paths.iter().map(|p| p.display().to_string()).collect();
    let plan = Plan {
        kind: "replay",
        key: key.join("\n"),
        ack: args.ack.as_deref(),
        jobs: context.jobs(args.jobs.jobs),
    };
    let limits = Limits { file: context.config.clean.text_limit.0, ..Limits::default() };
    let replay = |at, reader| Replay { paths: args.paths.clone(), limits, at, reader };
    let ended = match Pipeline::open(context, &plan) {
        Ok(pipeline) => {
            let replay = replay(pipeline.run().started_at, pipeline.reader()?);
            pipeline.replay(replay)?
        }
        Err(error) if is_in_use(&error) => handover::offer(context, &plan, replay)?,
        Err(error) => return Err(error),
    };
    ended.report(context)
}
