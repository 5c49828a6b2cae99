//! Work in progress, counted, so that a test can wait until there is none instead of sleeping.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::sync::watch;

/// Counts work in progress by what it is. Clones share the count.
///
/// Hold a [`Guard`] from before the work is visible to anybody until what follows from it has been handed on (a webhook:
/// until it was answered; a message with a delay: until it was put in its queue).
#[derive(Clone)]
pub struct Activity {
    inner: Arc<Inner>,
}

struct Inner {
    running: Mutex<BTreeMap<String, usize>>,
    changed: watch::Sender<u64>,
}

impl Default for Activity {
    fn default() -> Self {
        Self::new()
    }
}

impl Activity {
    /// Nothing in progress.
    pub fn new() -> Self {
        Self { inner: Arc::new(Inner { running: Mutex::default(), changed: watch::Sender::new(0) }) }
    }

    /// Begins a piece of work; it ends when the guard is dropped. `what` is shown by [`Activity::running`].
    pub fn begin(&self, what: impl Into<String>) -> Guard {
        let what = what.into();
        *self.lock().entry(what.clone()).or_default() += 1;
        self.touch();
        Guard { activity: self.clone(), what }
    }

    /// What is in progress, with how many of each.
    pub fn running(&self) -> BTreeMap<String, usize> {
        self.lock().clone()
    }

    /// Whether nothing is in progress.
    pub fn is_idle(&self) -> bool {
        self.lock().is_empty()
    }

    /// Tells waiters to look again, because something they wait for has changed.
    pub fn touch(&self) {
        self.inner.changed.send_modify(|version| *version += 1);
    }

    /// A receiver that changes with every [`Activity::touch`], begin and end.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changed.subscribe()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, usize>> {
        self.inner.running.lock().expect("no holder of this lock panics")
    }
}

/// A piece of work in progress; dropping it ends it.
#[must_use]
pub struct Guard {
    activity: Activity,
    what: String,
}

impl Drop for Guard {
    fn drop(&mut self) {
        {
            let mut running = self.activity.lock();
            if let Some(count) = running.get_mut(&self.what) {
                *count -= 1;
                if *count == 0 {
                    running.remove(&self.what);
                }
            }
        }
        self.activity.touch();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_counted_until_its_guard_is_dropped() {
        let activity = Activity::new();
        let first = activity.begin("a webhook");
        let second = activity.begin("a webhook");
        drop(first);
        assert_eq!(activity.running().get("a webhook"), Some(&1));
        drop(second);
        assert!(activity.is_idle());
    }
}
