//! `cargo xtask check-layers`: dependencies point one way, as the house plan draws them.
//!
//! ```text
//! bins ──▶ tool ──▶ cli, run, plan, lsns ──▶ mnt uts ipc pid net user time cgroup ──▶ core ──▶ sys
//! ```

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use serde::Deserialize;

/// Why the check failed, or could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cargo metadata: {0}")]
    Cargo(#[from] io::Error),
    #[error("cargo metadata: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{0} dependencies or crates are not as the house plan has them")]
    Violations(usize),
}

/// What `cargo metadata` says of the workspace.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `dev`, `build`, or nothing.
    kind: Option<String>,
    /// Of a crate of ours.
    path: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
    src_path: PathBuf,
}

/// Where a crate of ours belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Sys,
    Core,
    /// One kind of namespace, or the cgroups.
    Domain,
    /// The plan, and the model that lists namespaces.
    Plan,
    Run,
    Cli,
    /// What binaries that run a plan share.
    Tool,
    Bin,
    /// Builds on everything, and nothing on it: xtask, tests, bench.
    Workshop,
    /// Knows nothing of ours: the guests.
    Aid,
}

const DOMAINS: [&str; 8] =
    ["xns-mnt", "xns-uts", "xns-ipc", "xns-pid", "xns-net", "xns-user", "xns-time", "xns-cgroup"];
const BINS: [&str; 7] = ["xunshare", "xnsenter", "xlsns", "xcgexec", "xcgroup", "xnetns", "xnscheck"];

impl Layer {
    fn of(package: &str) -> Option<Self> {
        Some(match package {
            "xns-sys" => Layer::Sys,
            "xns-core" => Layer::Core,
            "xns-plan" | "xns-lsns" => Layer::Plan,
            "xns-run" => Layer::Run,
            "xns-cli" => Layer::Cli,
            "xns-tool" => Layer::Tool,
            "xtask" | "xns-tests" | "xns-bench" => Layer::Workshop,
            "xns-vm" => Layer::Aid,
            name if DOMAINS.contains(&name) => Layer::Domain,
            name if BINS.contains(&name) => Layer::Bin,
            _ => return None,
        })
    }

    /// May a crate of this layer depend on one of that?
    fn may_use(self, other: Self) -> bool {
        match self {
            Layer::Sys | Layer::Aid => false,
            Layer::Core => other == Layer::Sys,
            Layer::Domain => matches!(other, Layer::Sys | Layer::Core),
            Layer::Plan | Layer::Cli => matches!(other, Layer::Sys | Layer::Core | Layer::Domain),
            Layer::Run => matches!(other, Layer::Sys | Layer::Core | Layer::Domain | Layer::Plan),
            Layer::Tool => !matches!(other, Layer::Tool | Layer::Bin | Layer::Workshop | Layer::Aid),
            Layer::Bin => !matches!(other, Layer::Bin | Layer::Workshop | Layer::Aid),
            Layer::Workshop => other != Layer::Workshop,
        }
    }

    /// May it see clap, or what goes with it?
    fn may_use_clap(self) -> bool {
        matches!(self, Layer::Cli | Layer::Bin | Layer::Workshop)
    }
}

/// Prints every violation.
pub(crate) fn check(root: &Path) -> Result<(), Error> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .stderr(std::process::Stdio::inherit())
        .output()?;
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    let mut violations: Vec<String> = metadata.packages.iter().flat_map(dependencies).collect();
    for package in &metadata.packages {
        violations.extend(unsafe_code(package)?);
    }
    violations.extend(reasons(&fs::read_to_string(root.join("Cargo.toml"))?));
    for violation in &violations {
        println!("{violation}");
    }
    if violations.is_empty() { Ok(()) } else { Err(Error::Violations(violations.len())) }
}

/// Edges that point the wrong way. What only tests use is not looked at.
fn dependencies(package: &Package) -> Vec<String> {
    let name = &package.name;
    let Some(layer) = Layer::of(name) else {
        return vec![format!("{name}: has no layer; give it one in crates/xtask/src/layers.rs")];
    };
    let used = package.dependencies.iter().filter(|dependency| dependency.kind.as_deref() != Some("dev"));
    let wrong = used.filter_map(|Dependency { name: other, path, .. }| {
        if other.starts_with("clap") && !layer.may_use_clap() {
            return Some(format!("{name} ──▶ {other}: only cli, the binaries and xtask see clap"));
        }
        path.as_ref()?;
        match Layer::of(other) {
            Some(other_layer) if layer.may_use(other_layer) => None,
            Some(Layer::Domain) if layer == Layer::Domain => {
                Some(format!("{name} ──▶ {other}: a domain crate knows core and sys, never another domain"))
            }
            _ => Some(format!("{name} ──▶ {other}: a {layer:?} crate may not depend on that")),
        }
    });
    wrong.collect()
}

/// Crates in which unsafe code is possible. It belongs into sys; the tests call the original's getopt_long.
fn unsafe_code(package: &Package) -> Result<Vec<String>, io::Error> {
    let mut violations = Vec::new();
    if matches!(package.name.as_str(), "xns-sys" | "xns-tests") {
        return Ok(violations);
    }
    let product = |target: &&Target| target.kind.iter().any(|kind| kind == "lib" || kind == "bin");
    for target in package.targets.iter().filter(product) {
        let text = fs::read_to_string(&target.src_path)?;
        // The entry macro writes an exported `main`, which the attribute would forbid; nothing else may be there.
        let entry = text.contains("#![no_main]") && !text.contains("unsafe") && text.lines().count() < 10;
        if !entry && !text.contains("#![forbid(unsafe_code)]") {
            violations.push(format!("{}: lacks #![forbid(unsafe_code)]", target.src_path.display()));
        }
    }
    Ok(violations)
}

/// Dependencies from outside, in the workspace's Cargo.toml, over which no comment says why they are there. A comment
/// holds up to the next comment or empty line.
fn reasons(manifest: &str) -> Vec<String> {
    let lines = manifest.lines().skip_while(|line| *line != "[workspace.dependencies]").skip(1);
    let mut reason = false;
    let mut violations = Vec::new();
    for line in lines.take_while(|line| !line.starts_with('[')) {
        match line.split_once(" = ") {
            _ if line.starts_with('#') => reason = true,
            _ if line.is_empty() => reason = false,
            Some((name, value)) if !reason && !value.contains("path = ") => {
                violations.push(format!("Cargo.toml: {name}: no comment says why it is here"));
            }
            _ => {}
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependencies = dependencies.iter().map(|(name, kind)| Dependency {
            name: (*name).to_owned(),
            kind: kind.map(str::to_owned),
            path: Layer::of(name).map(|_| PathBuf::new()),
        });
        Package { name: name.to_owned(), dependencies: dependencies.collect(), targets: Vec::new() }
    }

    #[test]
    fn edges_point_one_way() {
        for (from, to, allowed) in [
            ("xns-core", "xns-sys", true),
            ("xns-sys", "xns-core", false),
            ("xns-mnt", "xns-user", false),
            ("xns-plan", "xns-mnt", true),
            ("xns-plan", "xns-run", false),
            ("xns-run", "xns-plan", true),
            ("xns-run", "xns-cli", false),
            ("xns-core", "clap", false),
            ("xns-cli", "clap", true),
            ("xns-core", "thiserror", true),
            ("xunshare", "xns-run", true),
            ("xunshare", "xtask", false),
        ] {
            assert_eq!(dependencies(&package(from, &[(to, None)])).is_empty(), allowed, "{from} {to}");
        }
    }

    #[test]
    fn what_tests_use_is_free_and_a_new_crate_needs_a_layer() {
        assert_eq!(dependencies(&package("xns-core", &[("xns-cli", Some("dev"))])), [""; 0]);
        assert_eq!(dependencies(&package("xns-new", &[])).len(), 1);
    }

    #[test]
    fn a_dependency_needs_a_reason() {
        let manifest = "[workspace.dependencies]\n# For this.\na = \"1\"\nb = \"1\"\n\nc = \"1\"\nd = { path = \"d\" }\n";
        assert_eq!(reasons(manifest), ["Cargo.toml: c: no comment says why it is here"]);
    }
}
