//! Walls over the dependency graph, for all platforms and with tests left out.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, PackageId};

use super::Breach;

/// Who needs whom in order to be built. Two versions of one package are two nodes of the same name.
pub(crate) struct Graph {
    nodes: Vec<Node>,
}

struct Node {
    name: String,
    is_member: bool,
    /// Indices into `nodes`: normal and build dependencies, not those of tests.
    needs: Vec<usize>,
}

impl Graph {
    /// The graph that cargo resolved; `None` when the metadata was read without dependencies.
    pub(crate) fn of(metadata: &Metadata) -> Option<Self> {
        let resolved = &metadata.resolve.as_ref()?.nodes;
        let index: BTreeMap<&PackageId, usize> =
            resolved.iter().enumerate().map(|(index, node)| (&node.id, index)).collect();
        let names: BTreeMap<&PackageId, &str> =
            metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
        let nodes = resolved
            .iter()
            .map(|node| {
                let needs = node.deps.iter().filter(|dependency| {
                    dependency.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development)
                });
                Some(Node {
                    name: (*names.get(&node.id)?).to_owned(),
                    is_member: metadata.workspace_members.contains(&node.id),
                    needs: needs.filter_map(|dependency| index.get(&dependency.pkg).copied()).collect(),
                })
            })
            .collect::<Option<_>>()?;
        Some(Self { nodes })
    }

    /// A made-up graph: each package with what it needs. A package whose name starts with `*` is a member.
    #[cfg(test)]
    fn made_up(rows: &[(&str, &[&str])]) -> Self {
        let place =
            |name: &str| rows.iter().position(|(row, _)| row.trim_start_matches('*') == name).unwrap();
        let node = |(name, needs): &(&str, &[&str])| Node {
            name: name.trim_start_matches('*').to_owned(),
            is_member: name.starts_with('*'),
            needs: needs.iter().map(|need| place(need)).collect(),
        };
        Self { nodes: rows.iter().map(node).collect() }
    }

    fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (usize, &'a Node)> {
        self.nodes.iter().enumerate().filter(move |(_, node)| node.name == name)
    }

    /// Names of what a package needs itself.
    fn direct<'a>(&'a self, node: &'a Node) -> impl Iterator<Item = &'a str> {
        node.needs.iter().filter_map(|need| self.nodes.get(*need)).map(|need| need.name.as_str())
    }

    /// Everything a package needs, with the way by which each was reached first.
    fn reachable(&self, from: usize) -> Vec<Vec<&str>> {
        let mut ways = Vec::new();
        let mut seen = BTreeSet::from([from]);
        let mut next = vec![(from, Vec::new())];
        while let Some((index, way)) = next.pop() {
            let Some(node) = self.nodes.get(index) else { continue };
            let mut way: Vec<&str> = way;
            way.push(&node.name);
            for need in &node.needs {
                if seen.insert(*need) {
                    next.push((*need, way.clone()));
                }
            }
            ways.push(way);
        }
        ways
    }

    /// Breaches where `package` needs one of `forbidden`, through whomever. A `*` at the end stands for anything.
    fn forbid(&self, package: &str, forbidden: &[&str], why: &str) -> Vec<Breach> {
        let mut breaches = Vec::new();
        if self.named(package).next().is_none() {
            breaches.push(Breach::at(package, "no such package; this wall guards nothing"));
        }
        for (index, _) in self.named(package) {
            for way in self.reachable(index) {
                if way.len() > 1 && way.last().is_some_and(|name| matches_any(name, forbidden)) {
                    breaches.push(Breach::at(package, format!("{} ({why})", way.join(" → "))));
                }
            }
        }
        breaches
    }
}

fn matches_any(name: &str, patterns: &[&str]) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == *pattern,
    })
}

/// Protocol is words: no I/O, no runtime, no store. A random source may not be asked for directly; ring brings its own.
pub(crate) fn protocol(graph: &Graph) -> Vec<Breach> {
    let io = [
        "tokio",
        "mio",
        "socket2",
        "hyper",
        "reqwest",
        "axum",
        "tower",
        "rustls",
        "rusqlite",
        "libsqlite3-sys",
        "sled",
        "sqlx*",
        "uniffi*",
        "inkan-*",
    ];
    let mut breaches =
        graph.forbid("inkan-protocol", &io, "protocol does no I/O and stands below all others");
    for (_, node) in graph.named("inkan-protocol") {
        for need in graph
            .direct(node)
            .filter(|need| matches_any(need, &["getrandom", "rand*", "fastrand", "chrono", "time"]))
        {
            breaches
                .push(Breach::at("inkan-protocol", format!("{need} (time and randomness are arguments)")));
        }
    }
    breaches
}

pub(crate) fn core(graph: &Graph) -> Vec<Breach> {
    let others = [
        "uniffi*",
        "axum*",
        "rusqlite",
        "libsqlite3-sys",
        "inkan-server",
        "inkan-bindings",
        "inkan-virtual-phone",
        "inkan-demo-broker",
    ];
    graph.forbid("inkan-core", &others, "core is used by others and knows none of them")
}

pub(crate) fn server(graph: &Graph) -> Vec<Breach> {
    let others =
        ["inkan-core", "inkan-virtual-phone", "inkan-demo-broker", "inkan-bindings", "sled", "uniffi*"];
    graph.forbid("inkan-server", &others, "server and phone share the protocol and nothing else")
}

pub(crate) fn names(graph: &Graph) -> Vec<Breach> {
    let members = graph.nodes.iter().filter(|node| node.is_member);
    members
        .filter(|node| ["core", "std", "alloc"].contains(&node.name.as_str()))
        .map(|node| {
            Breach::at(&node.name, "a package of this name breaks derive macros that write `::core::…`")
        })
        .collect()
}

/// xtask says what a machine lacks, a C compiler among it, so it must build without one.
pub(crate) fn xtask(graph: &Graph) -> Vec<Breach> {
    graph.forbid("xtask", COMPILERS_OF_C, "xtask must build where no C compiler is")
}

pub(crate) fn tls(graph: &Graph) -> Vec<Breach> {
    let refused = ["openssl", "openssl-sys", "native-tls", "aws-lc*", "boring*"];
    let found = graph.nodes.iter().filter(|node| matches_any(&node.name, &refused));
    found.map(|node| Breach::at(&node.name, "TLS is rustls with ring")).collect()
}

/// What runs a C compiler or links a foreign library from a build script.
const COMPILERS_OF_C: &[&str] = &["cc", "cmake", "bindgen", "pkg-config", "vcpkg"];

/// sqlite-wasm-rs is rusqlite's SQLite on WebAssembly; it stands in the graph of all platforms and is built on none of
/// ours.
const MAY_COMPILE_C: &[&str] = &["ring", "libsqlite3-sys", "sqlite-wasm-rs"];

pub(crate) fn c(graph: &Graph) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for node in graph.nodes.iter().filter(|node| !MAY_COMPILE_C.contains(&node.name.as_str())) {
        for compiler in graph.direct(node).filter(|need| matches_any(need, COMPILERS_OF_C)) {
            let what = format!("compiles C with {compiler}; only {} may", MAY_COMPILE_C.join(", "));
            breaches.push(Breach::at(&node.name, what));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocol_may_not_reach_a_runtime_through_anybody() {
        let clean =
            Graph::made_up(&[("*inkan-protocol", &["ring"]), ("ring", &["getrandom"]), ("getrandom", &[])]);
        assert_eq!(protocol(&clean), []);
        let breached =
            Graph::made_up(&[("*inkan-protocol", &["kind"]), ("kind", &["tokio"]), ("tokio", &[])]);
        let found = protocol(&breached);
        assert_eq!(found.len(), 1);
        assert!(found[0].what.starts_with("inkan-protocol → kind → tokio"), "{}", found[0]);
    }

    #[test]
    fn protocol_may_not_ask_for_randomness_or_time_itself() {
        for source in ["getrandom", "rand", "rand_core", "chrono"] {
            let breached = Graph::made_up(&[("*inkan-protocol", &[source]), (source, &[])]);
            assert_eq!(protocol(&breached).len(), 1, "{source}");
        }
    }

    #[test]
    fn core_may_not_know_who_uses_it() {
        assert_eq!(core(&Graph::made_up(&[("*inkan-core", &["sled"]), ("sled", &[])])), []);
        for other in ["uniffi", "uniffi_core", "axum", "inkan-server", "rusqlite"] {
            assert_eq!(core(&Graph::made_up(&[("*inkan-core", &[other]), (other, &[])])).len(), 1, "{other}");
        }
    }

    #[test]
    fn server_may_not_reach_core_through_the_phone() {
        let clean = [("*inkan-server", &["inkan-protocol"][..]), ("*inkan-protocol", &[])];
        assert_eq!(server(&Graph::made_up(&clean)), []);
        let breached = Graph::made_up(&[
            ("*inkan-server", &["between"]),
            ("between", &["inkan-core"]),
            ("*inkan-core", &["sled"]),
            ("sled", &[]),
        ]);
        assert_eq!(server(&breached).len(), 2);
    }

    #[test]
    fn a_wall_around_nothing_is_breached() {
        assert_eq!(server(&Graph::made_up(&[("*server", &[])])).len(), 1);
    }

    #[test]
    fn a_package_named_core_is_found() {
        assert_eq!(names(&Graph::made_up(&[("*inkan-core", &[])])), []);
        assert_eq!(names(&Graph::made_up(&[("*core", &[])])).len(), 1);
    }

    #[test]
    fn xtask_may_not_compile_c_through_anybody() {
        assert_eq!(xtask(&Graph::made_up(&[("*xtask", &["libc"]), ("libc", &[])])), []);
        assert_eq!(xtask(&Graph::made_up(&[("*xtask", &["ring"]), ("ring", &["cc"]), ("cc", &[])])).len(), 1);
    }

    #[test]
    fn other_tls_is_found_wherever_it_stands() {
        assert_eq!(tls(&Graph::made_up(&[("rustls", &[]), ("ring", &[]), ("openssl-probe", &[])])), []);
        for other in ["openssl", "openssl-sys", "native-tls", "aws-lc-rs", "aws-lc-sys"] {
            assert_eq!(tls(&Graph::made_up(&[(other, &[])])).len(), 1, "{other}");
        }
    }

    #[test]
    fn c_beyond_ring_and_sqlite_is_found() {
        assert_eq!(c(&Graph::made_up(&[("ring", &["cc"]), ("libsqlite3-sys", &["cc"]), ("cc", &[])])), []);
        let breached = Graph::made_up(&[("zstd-sys", &["cc"]), ("cc", &[])]);
        assert_eq!(c(&breached)[0].place, "zstd-sys");
    }
}
