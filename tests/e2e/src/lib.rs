//! Conversations from end to end: real functions, real signatures, simulated platforms.
//!
//! Each test is a piece that is played at a desk of its own (`desk.rs`); the platforms' quirks and crashes have a stage for that
//! (`quirks/stage.rs`).

#[cfg(test)]
mod afterwards;
#[cfg(test)]
mod asking;
#[cfg(test)]
mod assistant;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod boards;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod case_crashes;
#[cfg(test)]
mod casework;
#[cfg(test)]
mod conversation;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod ending;
#[cfg(test)]
mod files;
#[cfg(test)]
mod hours;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod names;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod quirks;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod starting;
#[cfg(test)]
mod texts;
#[cfg(test)]
mod threads;
#[cfg(test)]
mod transfer;
#[cfg(test)]
mod typed;
#[cfg(test)]
mod waiting;
