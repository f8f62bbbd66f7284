//! `cargo xtask test`: everything a pipeline checks, one step after the other, cheap and telling ones first. It ends at
//! the first step that fails.
//!
//! ```text
//! machine → format → walls → scripts → lints → deny → licences → docs → tests → vectors → openapi
//!         → push → webhooks → openid → keycloak → targets → kotlin → swift → android → demo → table of times
//! ```
//!
//! A step that cannot run on this system says so, in its place and in the table.

use std::{process::Command, time::Duration};

use clap::{Args, builder::PossibleValuesParser};

use crate::{
    clock::{Stopwatch, in_words},
    demo::{self, DemoError},
    deny,
    generated::{self, GeneratedError},
    keycloak,
    licences::{self, LicencesError},
    machine::{self, MachineError, Need},
    openid::{self, OpenidError},
    phones::{self, PhoneError},
    process::{ProcessError, Workspace, as_typed, stream},
    push::{self, PushError},
    walls::{self, WallsError},
    webhooks::{self, WebhooksError},
};

/// What `cargo xtask test` takes.
#[derive(Args)]
pub(crate) struct Options {
    /// Run this step alone; can be given several times
    #[arg(long, value_name = "STEP", value_parser = PossibleValuesParser::new(STEPS.iter().map(|step| step.name)))]
    only: Vec<String>,
    /// List the steps and end
    #[arg(long)]
    list: bool,
}

/// Why the suite ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SuiteError {
    #[error("this machine is not ready: {0}")]
    Machine(#[from] MachineError),
    #[error("step `{step}` failed: {reason}\nTo run it alone: cargo xtask test --only {step}")]
    Step { step: &'static str, reason: StepError },
}

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Walls(#[from] WallsError),
    #[error(transparent)]
    Generated(#[from] GeneratedError),
    #[error(transparent)]
    Demo(#[from] DemoError),
    #[error(transparent)]
    Licences(#[from] LicencesError),
    #[error(transparent)]
    Phone(#[from] PhoneError),
    #[error(transparent)]
    Webhooks(#[from] WebhooksError),
    #[error(transparent)]
    Openid(#[from] OpenidError),
    #[error(transparent)]
    Push(#[from] PushError),
}

struct Step {
    name: &'static str,
    needs: &'static [&'static Need],
    /// Why it does not run on this system, where it does not.
    not_here: Option<&'static str>,
    /// What a person would type for the same.
    typed: fn(&Workspace) -> String,
    run: fn(&Workspace) -> Result<(), StepError>,
}

/// What everything that is compiled needs.
const C: &[&Need] = &[&machine::C_COMPILER];

const NOTHING: &[&Need] = &[];

/// All steps in their order. To add one, add a row.
const STEPS: &[Step] = &[
    Step {
        name: "format",
        needs: NOTHING,
        not_here: None,
        typed: |workspace| as_typed(&format(workspace)),
        run: |workspace| Ok(stream(&mut format(workspace))?),
    },
    Step {
        name: "walls",
        needs: NOTHING,
        not_here: None,
        typed: |_| "cargo xtask walls".to_owned(),
        run: |workspace| Ok(walls::run(workspace)?),
    },
    Step {
        name: "scripts",
        needs: phones::SCRIPTS.needs,
        not_here: phones::SCRIPTS.not_here,
        typed: |_| "bash -n and shellcheck over every script".to_owned(),
        run: |workspace| Ok((phones::SCRIPTS.run)(workspace)?),
    },
    Step {
        name: "lints",
        needs: C,
        not_here: None,
        typed: |workspace| as_typed(&lints(workspace)),
        run: |workspace| Ok(stream(&mut lints(workspace))?),
    },
    Step {
        name: "deny",
        needs: C,
        not_here: None,
        typed: |_| deny::AS_TYPED.to_owned(),
        run: |workspace| Ok(deny::check(workspace)?),
    },
    Step {
        name: "licences",
        needs: NOTHING,
        not_here: None,
        typed: |_| "cargo xtask licences, and compare".to_owned(),
        run: |workspace| Ok(licences::check(workspace)?),
    },
    Step {
        name: "docs",
        needs: C,
        not_here: None,
        typed: |workspace| format!("RUSTDOCFLAGS=\"-D warnings\" {}", as_typed(&docs(workspace))),
        run: |workspace| Ok(stream(docs(workspace).env("RUSTDOCFLAGS", "-D warnings"))?),
    },
    Step {
        name: "tests",
        needs: C,
        not_here: None,
        typed: |workspace| as_typed(&tests(workspace)),
        run: |workspace| Ok(stream(&mut tests(workspace))?),
    },
    Step {
        name: "vectors",
        needs: C,
        not_here: None,
        typed: |_| "cargo run --locked --bin vectors -- --check".to_owned(),
        run: |workspace| Ok(generated::check_vectors(workspace)?),
    },
    Step {
        name: "openapi",
        needs: C,
        not_here: None,
        typed: |_| "cargo run --locked --bin inkan -- openapi | diff docs/openapi.json -".to_owned(),
        run: |workspace| Ok(generated::check_openapi(workspace)?),
    },
    Step {
        name: "push",
        needs: push::NEEDS,
        not_here: if cfg!(target_os = "linux") {
            None
        } else {
            Some("the distributor comes from Debian's packages")
        },
        typed: |_| "cargo xtask push".to_owned(),
        run: |workspace| Ok(push::run(workspace)?),
    },
    Step {
        name: "webhooks",
        needs: webhooks::NEEDS,
        not_here: None,
        typed: |_| "cargo xtask webhooks".to_owned(),
        run: |workspace| Ok(webhooks::run(workspace)?),
    },
    Step {
        name: "openid",
        needs: openid::NEEDS,
        not_here: None,
        typed: |_| "cargo xtask openid".to_owned(),
        run: |workspace| Ok(openid::run(workspace)?),
    },
    Step {
        name: "keycloak",
        needs: keycloak::NEEDS,
        not_here: keycloak::NOT_HERE,
        typed: |_| "cargo xtask keycloak".to_owned(),
        run: |workspace| Ok(keycloak::run(workspace)?),
    },
    Step {
        name: "targets",
        needs: phones::TARGETS.needs,
        not_here: phones::TARGETS.not_here,
        typed: |_| "cargo xtask targets".to_owned(),
        run: |workspace| Ok((phones::TARGETS.run)(workspace)?),
    },
    Step {
        name: "kotlin",
        needs: phones::KOTLIN.needs,
        not_here: phones::KOTLIN.not_here,
        typed: |_| "cargo xtask kotlin".to_owned(),
        run: |workspace| Ok((phones::KOTLIN.run)(workspace)?),
    },
    Step {
        name: "swift",
        needs: phones::SWIFT.needs,
        not_here: phones::SWIFT.not_here,
        typed: |_| "cargo xtask swift".to_owned(),
        run: |workspace| Ok((phones::SWIFT.run)(workspace)?),
    },
    Step {
        name: "android",
        needs: phones::ANDROID.needs,
        not_here: phones::ANDROID.not_here,
        typed: |_| "cargo xtask android".to_owned(),
        run: |workspace| Ok((phones::ANDROID.run)(workspace)?),
    },
    Step {
        name: "demo",
        needs: C,
        not_here: None,
        typed: |_| "cargo xtask demo --once".to_owned(),
        run: |workspace| Ok(demo::run(workspace, &demo::Options::once())?),
    },
];

fn format(workspace: &Workspace) -> Command {
    workspace.cargo(["fmt", "--all", "--check"])
}

/// The flags after `--` reach the members alone, so that nothing else is compiled again for them.
fn lints(workspace: &Workspace) -> Command {
    workspace.cargo(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
}

fn docs(workspace: &Workspace) -> Command {
    workspace.cargo(["doc", "--workspace", "--no-deps", "--locked", "--document-private-items"])
}

fn tests(workspace: &Workspace) -> Command {
    workspace.cargo(["test", "--workspace", "--locked"])
}

/// Runs the steps, or those named by `--only`, in the order of the suite.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<(), SuiteError> {
    if options.list {
        for step in STEPS {
            println!("{:<8}  {}", step.name, (step.typed)(workspace));
        }
        return Ok(());
    }
    let steps: Vec<&Step> = chosen(&options.only);
    let needs: Vec<&Need> = steps.iter().flat_map(|step| step.needs).copied().collect();
    machine::prepare(workspace, &needs)?;
    let whole = Stopwatch::start();
    let mut times = Vec::new();
    for (number, step) in (1..).zip(&steps) {
        println!("\n==> {number}/{} {}: {}", steps.len(), step.name, (step.typed)(workspace));
        if let Some(why) = step.not_here {
            println!("<== {} was not run on this system: {why}", step.name);
            times.push((step.name, None));
            continue;
        }
        let time = Stopwatch::start();
        (step.run)(workspace).map_err(|reason| SuiteError::Step { step: step.name, reason })?;
        println!("<== {} passed in {}", step.name, in_words(time.elapsed()));
        times.push((step.name, Some(time.elapsed())));
    }
    println!("\n{}", table(&times, whole.elapsed()));
    Ok(())
}

fn chosen(only: &[String]) -> Vec<&'static Step> {
    STEPS.iter().filter(|step| only.is_empty() || only.iter().any(|name| name == step.name)).collect()
}

fn table(times: &[(&str, Option<Duration>)], whole: Duration) -> String {
    let line = |name: &str, time: &str| format!("{name:<8}  {time:>12}");
    let mut lines: Vec<_> = times
        .iter()
        .map(|(name, time)| line(name, &time.map_or_else(|| "not here".to_owned(), in_words)))
        .collect();
    lines.push(line("in all", &in_words(whole)));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{STEPS, SuiteError, chosen, table};
    use crate::process::ProcessError;

    #[test]
    fn steps_keep_their_order_however_they_are_named() {
        let names = |only: &[&str]| -> Vec<_> {
            let only: Vec<_> = only.iter().map(|name| (*name).to_owned()).collect();
            chosen(&only).iter().map(|step| step.name).collect()
        };
        assert_eq!(names(&["docs", "format", "docs"]), ["format", "docs"]);
        assert_eq!(names(&[]).len(), STEPS.len());
        assert_eq!(names(&[]).last(), Some(&"demo"));
    }

    #[test]
    fn a_failure_says_which_step_and_how_to_run_it_alone() {
        let reason = ProcessError::NoWorkspace("x".into()).into();
        let text = SuiteError::Step { step: "lints", reason }.to_string();
        assert!(text.starts_with("step `lints` failed: "), "{text}");
        assert!(text.ends_with("cargo xtask test --only lints"), "{text}");
    }

    #[test]
    fn times_stand_below_each_other() {
        let times = [
            ("format", Some(Duration::from_millis(900))),
            ("tests", Some(Duration::from_secs(187))),
            ("swift", None),
        ];
        let table = table(&times, Duration::from_secs(188));
        assert_eq!(
            table,
            "format           0.9 s\ntests       3 min 07 s\nswift         not here\nin all      3 min 08 s"
        );
    }
}
