//! Every call of a function to the outside passes here, so that it is counted, recorded and can be the moment of a crash.
//!
//! A function process is an *instance*. The sandbox gives each one its own credentials (session token = instance) and its own
//! base URLs for the simulators (`http://127.0.0.1:<port>/as/<instance>`), so every call names its caller.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::activity::Activity;
use crate::trace::{Kind, Trace};

/// On which side of a call the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// The call does not reach the service.
    Before,
    /// The service has done it, the function never hears of it.
    After,
}

/// A planned crash: the process of `function` is killed around its `call`-th call (counted from 0 within one invocation), once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KillPoint {
    /// The function's folder name.
    pub function: String,
    /// Which call of the invocation, from 0.
    pub call: usize,
    /// Before or after it is carried out.
    pub when: When,
}

/// The caller was killed: drop the connection without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Killed;

struct Instance {
    function: String,
    invocation: Option<String>,
    calls: usize,
    kill: Arc<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct State {
    instances: HashMap<String, Instance>,
    /// Each with how many such moments pass first.
    plan: Vec<(KillPoint, usize)>,
    fired: Vec<KillPoint>,
}

/// The gate. Clones share it.
#[derive(Clone)]
pub struct Gate {
    trace: Trace,
    activity: Activity,
    state: Arc<Mutex<State>>,
}

impl Gate {
    /// A gate that records into `trace`.
    pub fn new(trace: Trace) -> Self {
        Self { trace, activity: Activity::new(), state: Arc::default() }
    }

    /// Work in progress. Whoever does something that nobody waits for (a webhook, a retry) begins it here.
    pub fn activity(&self) -> &Activity {
        &self.activity
    }

    /// Makes a function process known; `kill` ends it at once (SIGKILL).
    pub fn register(&self, instance: &str, function: &str, kill: Arc<dyn Fn() + Send + Sync>) {
        let entry = Instance { function: function.to_owned(), invocation: None, calls: 0, kill };
        self.lock().instances.insert(instance.to_owned(), entry);
    }

    /// Forgets a process that has ended.
    pub fn unregister(&self, instance: &str) {
        self.lock().instances.remove(instance);
    }

    /// An instance takes up an invocation: its calls count from 0 again.
    pub fn begin(&self, instance: &str, invocation: &str) {
        if let Some(entry) = self.lock().instances.get_mut(instance) {
            entry.invocation = Some(invocation.to_owned());
            entry.calls = 0;
        }
    }

    /// Plans a crash. It fires once.
    pub fn kill_at(&self, point: KillPoint) {
        self.kill_after(point, 0);
    }

    /// Plans a crash that lets the first `passes` such moments pass: those of other invocations.
    pub fn kill_after(&self, point: KillPoint, passes: usize) {
        self.lock().plan.push((point, passes));
    }

    /// Forgets the planned crashes that have not happened.
    pub fn forget_plan(&self) {
        self.lock().plan.clear();
    }

    /// The planned crashes that have happened.
    pub fn fired(&self) -> Vec<KillPoint> {
        self.lock().fired.clone()
    }

    /// The function that an instance runs, if it is known.
    pub fn function_of(&self, instance: &str) -> Option<String> {
        self.lock().instances.get(instance).map(|entry| entry.function.clone())
    }

    /// Lets one call through: `perform` is the service doing it and returns its answer with an HTTP status for the record.
    ///
    /// `instance` is `None` for calls that come from no function (an outside tool looking at the table, say): they are
    /// recorded, and never killed.
    pub async fn pass<T>(
        &self,
        instance: Option<&str>,
        kind: Kind,
        operation: &str,
        perform: impl Future<Output = (u16, T)>,
    ) -> Result<T, Killed> {
        let ticket = instance.and_then(|instance| self.ticket(instance));
        if let Some(ticket) = &ticket {
            self.maybe_kill(ticket, When::Before)?;
        }
        let (status, answer) = perform.await;
        let (function, invocation) =
            ticket.as_ref().map_or((None, None), |t| (Some(t.function.as_str()), t.invocation.as_deref()));
        let detail = json!({"operation": operation, "status": status, "call": ticket.as_ref().map(|t| t.call)});
        self.trace.record(kind, function, invocation, format!("{operation} -> {status}"), detail);
        if let Some(ticket) = &ticket {
            self.maybe_kill(ticket, When::After)?;
        }
        Ok(answer)
    }

    fn ticket(&self, instance: &str) -> Option<Ticket> {
        let mut state = self.lock();
        let entry = state.instances.get_mut(instance)?;
        let call = entry.calls;
        // Calls outside an invocation (the secret at cold start) are not points between side effects.
        if entry.invocation.is_some() {
            entry.calls += 1;
        }
        Some(Ticket {
            function: entry.function.clone(),
            invocation: entry.invocation.clone(),
            call,
            kill: Arc::clone(&entry.kill),
        })
    }

    fn maybe_kill(&self, ticket: &Ticket, when: When) -> Result<(), Killed> {
        if ticket.invocation.is_none() {
            return Ok(());
        }
        let point = KillPoint { function: ticket.function.clone(), call: ticket.call, when };
        {
            let mut state = self.lock();
            let Some(at) = state.plan.iter().position(|(planned, _)| *planned == point) else { return Ok(()) };
            let passes = &mut state.plan[at].1;
            if *passes > 0 {
                *passes -= 1;
                return Ok(());
            }
            state.plan.remove(at);
            state.fired.push(point.clone());
        }
        let title = format!(
            "killed {} {} call {}",
            point.function,
            if when == When::Before { "before" } else { "after" },
            point.call
        );
        self.trace.record(Kind::Note, Some(&ticket.function), ticket.invocation.as_deref(), title, json!({}));
        (ticket.kill)();
        Err(Killed)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no holder of this lock panics")
    }
}

struct Ticket {
    function: String,
    invocation: Option<String>,
    call: usize,
    kill: Arc<dyn Fn() + Send + Sync>,
}
