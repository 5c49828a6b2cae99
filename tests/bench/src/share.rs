//! A function's share of the processor, as its memory size buys it, by a control group.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The memory size that has one whole core, in MB. See [AWS Docs/Lambda, Configure memory].
pub const WHOLE_CORE_MB: u64 = 1769;

/// How often the share is handed out, in microseconds. AWS does not say; 20 ms is what others have measured there.
const PERIOD_US: u64 = 20_000;

/// A control group that is limited. Removed when this is dropped, by when its processes have to be gone.
pub struct Share {
    folder: PathBuf,
}

impl Share {
    /// Limits what is started in it to the share of a function of this size. `None` where this machine does not let us: that
    /// takes root and a writable control group.
    pub fn of(megabytes: u64) -> Option<Self> {
        let quota = PERIOD_US * megabytes / WHOLE_CORE_MB;
        let name = format!("bench-{}-{megabytes}", std::process::id());
        Self::version_2(&name, quota).or_else(|| Self::version_1(&name, quota)).filter(Self::works)
    }

    fn version_2(name: &str, quota: u64) -> Option<Self> {
        let base = PathBuf::from("/sys/fs/cgroup");
        let controllers = fs::read_to_string(base.join("cgroup.controllers")).ok()?;
        if !controllers.split_whitespace().any(|controller| controller == "cpu") {
            return None;
        }
        // It may be on already.
        let _ = fs::write(base.join("cgroup.subtree_control"), "+cpu");
        let share = Self::make(base.join(name))?;
        fs::write(share.folder.join("cpu.max"), format!("{quota} {PERIOD_US}")).ok()?;
        Some(share)
    }

    fn version_1(name: &str, quota: u64) -> Option<Self> {
        ["cpu", "cpu,cpuacct"].into_iter().find_map(|controller| {
            let share = Self::make(PathBuf::from("/sys/fs/cgroup").join(controller).join(name))?;
            fs::write(share.folder.join("cpu.cfs_period_us"), PERIOD_US.to_string()).ok()?;
            fs::write(share.folder.join("cpu.cfs_quota_us"), quota.to_string()).ok()?;
            Some(share)
        })
    }

    fn make(folder: PathBuf) -> Option<Self> {
        fs::create_dir(&folder).ok()?;
        Some(Self { folder })
    }

    fn works(&self) -> bool {
        let status = self.command("/bin/true").status();
        status.is_ok_and(|status| status.success())
    }

    /// Starts a program inside: a shell moves itself there and becomes the program, which costs about a millisecond.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", r#"echo $$ > "$0" && exec "$1""#]).arg(self.folder.join("cgroup.procs")).arg(program);
        command
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.folder);
    }
}
