//! Builds the functions, so that what runs is what the sources say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tokio::process::Command;
use tokio::sync::OnceCell;

/// The workspace that this crate belongs to.
pub fn workspace_root() -> anyhow::Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().find(|folder| folder.join("template.yaml").is_file());
    Ok(root.context("there is no template.yaml above the sandbox's folder")?.to_owned())
}

/// Builds every binary of the workspace once per process and says where each one is.
///
/// # Errors
///
/// When Cargo cannot build them; its messages went to standard error.
pub async fn build(root: &Path, release: bool) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    static DEV: OnceCell<BTreeMap<String, PathBuf>> = OnceCell::const_new();
    static RELEASE: OnceCell<BTreeMap<String, PathBuf>> = OnceCell::const_new();
    let built = if release { &RELEASE } else { &DEV };
    built.get_or_try_init(|| run_cargo(root, release)).await.cloned()
}

async fn run_cargo(root: &Path, release: bool) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // The whole workspace, because features unify over what is selected: with the functions alone, everything they share
    // with the sandbox would be compiled a second time.
    command
        .args(["build", "--workspace", "--exclude", "bench", "--exclude", "e2e", "--bins"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    if release {
        command.arg("--release");
    }
    if let Some(target) = target_folder() {
        command.arg("--target-dir").arg(target);
    }
    // `cargo run` and `cargo test` describe the sandbox's package in the environment; build scripts that look at such
    // variables would run again.
    let described =
        ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_PACKAGE", "CARGO_TARGET_TMPDIR"];
    for (name, _) in std::env::vars_os() {
        if described.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    let output = command.output().await.context("run cargo build")?;
    ensure!(output.status.success(), "cargo build failed ({})", output.status);
    let mut binaries = BTreeMap::new();
    for line in output.stdout.split(|&byte| byte == b'\n') {
        let Ok(message) = serde_json::from_slice::<Value>(line) else { continue };
        if message["reason"] == "compiler-artifact"
            && let (Some(name), Some(executable)) = (message["target"]["name"].as_str(), message["executable"].as_str())
        {
            binaries.insert(name.to_owned(), PathBuf::from(executable));
        }
    }
    Ok(binaries)
}

/// The binaries in a folder, by name.
///
/// # Errors
///
/// When the folder cannot be read.
pub fn list(folder: &Path) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    let mut binaries = BTreeMap::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            binaries.insert(entry.file_name().to_string_lossy().into_owned(), entry.path());
        }
    }
    Ok(binaries)
}

/// The target folder that this program was built in: Cargo marks it.
fn target_folder() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file()).map(Path::to_owned)
}
