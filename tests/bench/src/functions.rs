//! The functions that are measured, and their release builds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;

/// The function with the tight budgets: Discord waits for it.
pub const FRONT_DOOR: &str = "interactions";

/// Every function that is started here. `message` has no row of its own: it is the first half of a line's way from the person.
pub const MEASURED: [&str; 6] = [FRONT_DOOR, "helpme", "message", "relay", "forward-to-discord", "deliver"];

/// Functions of the case work, of which size and start are looked at. All but the console need no more than others to be started.
pub const STARTED: [&str; 4] = ["bug", "case", "case-news", "console"];

/// Functions that write what others read, and into which queue.
pub const QUEUED: [(&str, &str); 2] = [("message", "inbox"), ("forward-to-discord", "outbox")];

/// The workspace.
pub fn root() -> anyhow::Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().context("find the workspace")
}

/// Builds each function as it is shipped and says where it is.
///
/// One Cargo per function, as `sam build` does it: several at once, or the workspace, would unify their features, and the front
/// door would be measured with what only the others need. What has the same features is compiled once all the same.
/// `only`: just this one, and what writes what it reads.
pub fn build(root: &Path, only: Option<&str>, build: bool) -> anyhow::Result<BTreeMap<&'static str, PathBuf>> {
    let reads = only.is_some_and(|only| matches!(only, "relay" | "deliver"));
    let is_needed =
        |name: &&str| only.is_none_or(|only| only == *name) || reads && QUEUED.iter().any(|(writes, _)| writes == name);
    let needed = MEASURED.into_iter().chain(STARTED).filter(is_needed);
    needed.map(|name| Ok((name, one(root, name, build)?))).collect()
}

/// The package that a function's binary belongs to.
fn package(name: &str) -> &str {
    if name == "exports" { "console" } else { name }
}

/// The same for one function.
pub fn one(root: &Path, name: &str, build: bool) -> anyhow::Result<PathBuf> {
    if build { build_one(root, name) } else { built(root, name) }
}

fn build_one(root: &Path, name: &str) -> anyhow::Result<PathBuf> {
    eprintln!("building {name} (release)");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--release", "--package", package(name), "--message-format=json-render-diagnostics"])
        .current_dir(root)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    // What `cargo run` says about this package would make build scripts of other packages run again.
    for (variable, _) in std::env::vars_os() {
        let text = variable.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"].iter().any(|prefix| text.starts_with(prefix))
        {
            command.env_remove(variable);
        }
    }
    let output = command.output().context("run cargo build")?;
    ensure!(output.status.success(), "cargo build of {name} failed ({})", output.status);
    let messages =
        output.stdout.split(|&byte| byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let binary = messages
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from));
    binary.with_context(|| format!("{name} has no binary"))
}

fn built(root: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let path = target.join("release").join(name);
    ensure!(path.is_file(), "{} is not built", path.display());
    Ok(path)
}
