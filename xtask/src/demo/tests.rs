//! The demo with stand-ins for its three programs: one shell script that notes how it was called.

use std::{env, process, time::Duration};

use super::*;
use crate::{clock::Patience, process::works};

/// Enough for a shell to start on a busy machine; a test that passes does not wait for it.
const LONG: Patience = Patience { attempts: 1_000, pause: Duration::from_millis(10) };

const SCRIPT: &str = r#"#!/bin/sh
cd "$(dirname "$0")"
echo "$(basename "$0") $*" >> calls
case "$*" in
    "key create"*) echo ik_live_stand-in ;;
    identity*) echo thumbprint ;;
    serve*|*" serve "*) echo $$ >> ids; echo "ready http://127.0.0.1:0/"; exec sleep 60 ;;
    walk*) if [ -e fail ]; then exit 7; fi ;;
esac
"#;

/// A state folder with stand-ins in it, gone after the test.
struct World {
    workspace: Workspace,
    state: State,
    programs: Programs,
}

impl World {
    fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("inkan-demo-{}-{name}", process::id()));
        make_fresh(&folder).unwrap();
        let workspace = Workspace::locate().unwrap();
        // written by another program: a file that this one has just had open for writing may not be run while another
        // test starts something
        let write = "printf %s \"$1\" > inkan && chmod +x inkan && cp inkan inkan-phone && cp inkan inkan-demo-broker";
        assert!(works(workspace.program("sh").args(["-c", write, "sh", SCRIPT]).current_dir(&folder)));
        let programs = Programs {
            inkan: folder.join("inkan"),
            phone: folder.join("inkan-phone"),
            broker: folder.join("inkan-demo-broker"),
        };
        Self { workspace, state: State::below(folder), programs }
    }

    fn run(&self) -> Result<(), DemoError> {
        let stop = Stop::not_asked();
        let mut children = Children::new(&stop, LONG);
        let ports = Ports::from(None);
        start(&self.workspace, &self.programs, &self.state, ports, &mut children)?;
        walk(&self.workspace, &self.programs, &self.state, ports, &mut children)
    }

    fn lines(&self, file: &str) -> Vec<String> {
        let text = fs::read_to_string(self.state.folder.join(file)).unwrap();
        text.replace(&self.state.folder.display().to_string(), "DEMO").lines().map(str::to_owned).collect()
    }

    fn running(&self) -> usize {
        let ids = self.lines("ids");
        assert_eq!(ids.len(), 3);
        ids.iter()
            .filter(|id| works(self.workspace.program("sh").args(["-c", "kill -0 $1", "sh", id])))
            .count()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.state.folder);
    }
}

#[test]
#[cfg(unix)]
fn each_program_is_called_as_it_expects_to_be() {
    let world = World::new("calls");
    world.run().unwrap();
    assert_eq!(
        world.lines("calls"),
        [
            "inkan init --demo --port 8443 --return-url https://localhost:9443/return --dir DEMO/server",
            "inkan key create --name demo --scopes enroll,ask,read,manage --config DEMO/server/inkan.toml",
            "inkan serve --config DEMO/server/inkan.toml",
            "inkan-phone --home DEMO/phone --trust DEMO/server/ca.pem serve --open-control --listen 127.0.0.1:7070",
            "inkan-demo-broker serve --listen 127.0.0.1:9080 --tls-listen 127.0.0.1:9443 \
             --tls-certificate DEMO/server/tls.pem --tls-key DEMO/server/tls.key \
             --api https://localhost:8443 --trust DEMO/server/ca.pem --key-file DEMO/api-key \
             --phone http://127.0.0.1:7070",
            "inkan-demo-broker walk --broker https://localhost:9443 --phone http://127.0.0.1:7070 \
             --trust DEMO/server/ca.pem --evidence DEMO/evidence.json",
            "inkan identity --config DEMO/server/inkan.toml",
            "inkan evidence verify DEMO/evidence.json --identity thumbprint",
        ]
    );
    assert_eq!(world.lines("api-key"), ["ik_live_stand-in"]);
    assert_eq!(world.running(), 0);
}

#[test]
#[cfg(unix)]
fn a_walk_that_fails_ends_the_demo_and_all_its_programs() {
    let world = World::new("fails");
    fs::write(world.state.folder.join("fail"), "").unwrap();
    let error = world.run().unwrap_err();
    assert!(error.to_string().contains("walk") && !error.is_about_the_machine(), "{error}");
    assert_eq!(world.running(), 0);
}

#[test]
fn a_fresh_folder_holds_nothing_of_the_run_before() {
    let folder = env::temp_dir().join(format!("inkan-demo-{}-fresh", process::id()));
    make_fresh(&folder).unwrap();
    fs::write(folder.join("old"), "").unwrap();
    make_fresh(&folder).unwrap();
    assert!(!folder.join("old").exists());
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_the_person_can_put_right_is_told_apart() {
    assert!(DemoError::AlreadyRunning.is_about_the_machine());
    assert!(DemoError::from(MachineError::Lacking(String::new())).is_about_the_machine());
    assert!(!DemoError::NoKey.is_about_the_machine());
    assert!(!DemoError::from(ChildrenError::Stopped).is_about_the_machine());
}

#[test]
fn the_pages_are_those_of_the_chosen_ports() {
    let text = pages(Ports::from(Some(18_000)), &State::below("demo".into()));
    for page in ["http://localhost:18002/\n", "http://127.0.0.1:18001/\n", "http://localhost:18002/api-docs"]
    {
        assert!(text.contains(page), "{text}");
    }
}
