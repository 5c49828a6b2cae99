//! Who may see and change which cases.

use crate::case::{Assignee, Author, Case};
use crate::ids::{GuildId, PersonId, WorkerSid};

/// Somebody who wants to do something with a case, as far as it was checked who they are.
#[derive(Clone, PartialEq, Eq)]
pub enum Actor {
    /// Anybody on Discord.
    Person {
        /// Their user ID.
        id: PersonId,
        /// Their name.
        name: String,
    },
    /// A moderator of a server, checked just now.
    Moderator {
        /// Their user ID.
        id: PersonId,
        /// Their name.
        name: String,
        /// The server they moderate.
        server: GuildId,
    },
    /// An agent in Flex.
    Agent {
        /// Their worker.
        worker: WorkerSid,
        /// Their name.
        name: String,
    },
    /// A machine with an API key.
    Machine {
        /// The key's ID.
        key: String,
        /// The key's name.
        name: String,
    },
}

impl std::fmt::Debug for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Names stay out of logs.
        match self {
            Self::Person { id, .. } => write!(f, "Person({id})"),
            Self::Moderator { id, server, .. } => write!(f, "Moderator({id} of {server})"),
            Self::Agent { worker, .. } => write!(f, "Agent({worker})"),
            Self::Machine { key, .. } => write!(f, "Machine({key})"),
        }
    }
}

impl Actor {
    /// Whether they may see and change a case. `configured` is the server that this desk is for.
    ///
    /// A moderator works on the cases of their server; agents and machines on those of the configured one. A case of no server
    /// belongs to the configured one.
    pub fn may_work_on(&self, case: &Case, configured: Option<GuildId>) -> bool {
        let server = case.server.or(configured);
        match self {
            Self::Person { .. } => false,
            Self::Moderator { server: theirs, .. } => server == Some(*theirs),
            Self::Agent { .. } | Self::Machine { .. } => server == configured,
        }
    }

    /// Whether it is their own case.
    pub fn is_reporter(&self, case: &Case) -> bool {
        self.person().is_some_and(|id| case.reporter == Some(id))
    }

    /// Who they are on Discord, if they are.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person { id, .. } | Self::Moderator { id, .. } => Some(*id),
            Self::Agent { .. } | Self::Machine { .. } => None,
        }
    }

    /// How a case's history names them.
    pub fn author(&self) -> Author {
        match self {
            Self::Person { id, .. } => Author::Person(*id),
            Self::Moderator { id, name, .. } => Author::Moderator { id: *id, name: name.clone() },
            Self::Agent { name, .. } => Author::Agent(name.clone()),
            Self::Machine { name, .. } => Author::Machine(name.clone()),
        }
    }

    /// They as somebody who works on a case; a machine does not.
    pub fn assignee(&self) -> Option<Assignee> {
        match self {
            Self::Person { id, name } | Self::Moderator { id, name, .. } => Some(Assignee::member(*id, name)),
            Self::Agent { worker, name } => Some(Assignee::worker(worker, name)),
            Self::Machine { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Status, tests::case};

    #[test]
    fn everybody_times_every_server() {
        let guild = |id| GuildId::new(id);
        let name = || "x".to_owned();
        let actors = [
            ("stranger", Actor::Person { id: PersonId::new(8).unwrap(), name: name() }),
            ("reporter", Actor::Person { id: PersonId::new(7).unwrap(), name: name() }),
            ("moderator", Actor::Moderator { id: PersonId::new(9).unwrap(), name: name(), server: guild(1).unwrap() }),
            ("elsewhere", Actor::Moderator { id: PersonId::new(9).unwrap(), name: name(), server: guild(2).unwrap() }),
            ("agent", Actor::Agent { worker: format!("WK{}", "0".repeat(32)).parse().unwrap(), name: name() }),
            ("machine", Actor::Machine { key: "k".to_owned(), name: name() }),
        ];
        let mut table = String::new();
        for (configured, server) in [(1, 0), (1, 1), (1, 2), (0, 0), (0, 1)] {
            let case = Case { server: guild(server), ..case(Status::New) };
            let may = actors.iter().filter(|(_, actor)| actor.may_work_on(&case, guild(configured)));
            let may: Vec<_> = may.map(|(who, _)| *who).collect();
            table += &format!("desk of {configured}, case of {server}: {}\n", may.join(", "));
            assert_eq!(actors.iter().filter(|(_, actor)| actor.is_reporter(&case)).count(), 1);
        }
        insta::assert_snapshot!(table, @r"
        desk of 1, case of 0: moderator, agent, machine
        desk of 1, case of 1: moderator, agent, machine
        desk of 1, case of 2: elsewhere
        desk of 0, case of 0: agent, machine
        desk of 0, case of 1: moderator
        ");
    }
}
