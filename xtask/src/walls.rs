//! What may touch what. Each wall is a function from the dependency graph or the text of the repository to the places
//! where it is breached; none of them looks at anything else, so each is tried in tests on a made-up repository.
//!
//! - `walls/graph.rs`: over `cargo metadata` — who depends on whom
//! - `walls/source.rs`: over Rust text — which file names what (`walls/rust.rs` reads it)
//! - `walls/words.rs`: over all text — the top level, and words that do not belong

mod graph;
mod rust;
mod source;
mod words;

use std::{fmt, io};

use crate::{process::Workspace, tree::Tree, walls::graph::Graph};

/// Why `cargo xtask walls` fails.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WallsError {
    #[error("the repository could not be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("`cargo metadata` gave no dependency graph")]
    NoGraph,
    #[error("{} wall(s) breached: {}; each place is listed above", .0.len(), .0.join(", "))]
    Breached(Vec<&'static str>),
}

/// One place where a wall is breached.
#[derive(Debug, PartialEq, Eq)]
struct Breach {
    /// A package, a file, or `file:line`.
    place: String,
    /// What is wrong there, and what the rule is.
    what: String,
}

impl Breach {
    fn at(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// What a wall looks at.
enum Check {
    Graph(fn(&Graph) -> Vec<Breach>),
    Text(fn(&Tree) -> Vec<Breach>),
}

struct Wall {
    name: &'static str,
    keeps: &'static str,
    check: Check,
}

/// All walls. To add one, add a row here and a test with a breach beside its function.
const WALLS: &[Wall] = &[
    Wall {
        name: "protocol",
        keeps: "protocol has no runtime, no HTTP, no store and no random source",
        check: Check::Graph(graph::protocol),
    },
    Wall { name: "core", keeps: "core knows no bindings and no server", check: Check::Graph(graph::core) },
    Wall {
        name: "server",
        keeps: "server depends on neither core, sled nor UniFFI",
        check: Check::Graph(graph::server),
    },
    Wall { name: "names", keeps: "no package is named `core`", check: Check::Graph(graph::names) },
    Wall {
        name: "xtask",
        keeps: "nothing that xtask depends on compiles C",
        check: Check::Graph(graph::xtask),
    },
    Wall { name: "tls", keeps: "no openssl, native-tls or aws-lc anywhere", check: Check::Graph(graph::tls) },
    Wall { name: "c", keeps: "no C beyond ring and the bundled SQLite", check: Check::Graph(graph::c) },
    Wall {
        name: "pure protocol",
        keeps: "protocol names no file, socket, thread, clock or environment",
        check: Check::Text(source::pure_protocol),
    },
    Wall {
        name: "pure server",
        keeps: "model and policy name no framework, store or runtime, wait for nothing and ask no clock",
        check: Check::Text(source::pure_server),
    },
    Wall { name: "sled", keeps: "one file of core knows sled", check: Check::Text(source::sled) },
    Wall {
        name: "clock and random",
        keeps: "only the wrapping files call the system's clock or random source",
        check: Check::Text(source::wrapping),
    },
    Wall { name: "unsafe", keeps: "no unsafe code", check: Check::Text(source::no_unsafe) },
    Wall {
        name: "size",
        keeps: "Rust files stay under 500 lines, bindings under 1,000 lines of code in all",
        check: Check::Text(source::size),
    },
    Wall {
        name: "top level",
        keeps: "the top level holds the owner's names and no others",
        check: Check::Text(words::top_level),
    },
    Wall {
        name: "words",
        keeps: "no machine's paths, no registry's hosts, no words of another house",
        check: Check::Text(words::foreign),
    },
];

/// Checks every wall and prints a line for each.
pub(crate) fn run(workspace: &Workspace) -> Result<(), WallsError> {
    let graph = Graph::of(&workspace.metadata).ok_or(WallsError::NoGraph)?;
    let tree = Tree::read(&workspace.root)?;
    let breached: Vec<_> =
        WALLS.iter().filter(|wall| !stands(wall, &graph, &tree)).map(|wall| wall.name).collect();
    if breached.is_empty() { Ok(()) } else { Err(WallsError::Breached(breached)) }
}

fn stands(wall: &Wall, graph: &Graph, tree: &Tree) -> bool {
    let breaches = match wall.check {
        Check::Graph(check) => check(graph),
        Check::Text(check) => check(tree),
    };
    let mark = if breaches.is_empty() { "stands  " } else { "BREACHED" };
    println!("{mark}  {:<16}  {}", wall.name, wall.keeps);
    for breach in &breaches {
        println!("          {breach}");
    }
    breaches.is_empty()
}
