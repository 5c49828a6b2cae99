//! State that can be waited on without polling.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use anyhow::bail;
use tokio::sync::watch;

/// Shared state that wakes its waiters on every change.
pub struct Watched<S> {
    state: Mutex<S>,
    version: watch::Sender<u64>,
}

impl<S> Watched<S> {
    /// Wraps `state`.
    pub fn new(state: S) -> Self {
        Self { state: Mutex::new(state), version: watch::Sender::new(0) }
    }

    /// Looks at the state.
    pub fn read<T>(&self, look: impl FnOnce(&S) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the state and wakes who waits.
    pub fn change<T>(&self, change: impl FnOnce(&mut S) -> T) -> T {
        let result = change(&mut self.lock());
        self.version.send_modify(|version| *version += 1);
        result
    }

    /// Waits until `look` finds something.
    ///
    /// # Errors
    ///
    /// When nothing was found within `timeout`.
    pub async fn wait_for<T>(&self, timeout: Duration, mut look: impl FnMut(&S) -> Option<T>) -> anyhow::Result<T> {
        let mut changes = self.version.subscribe();
        let deadline = tokio::time::Instant::now() + timeout;
        loop {
            changes.borrow_and_update();
            if let Some(found) = self.read(&mut look) {
                return Ok(found);
            }
            match tokio::time::timeout_at(deadline, changes.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => bail!("the simulator has ended"),
                Err(_) => bail!("did not happen within {timeout:?}"),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, S> {
        // A panic of a test's closure must not hide the first failure behind a poisoned lock.
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
