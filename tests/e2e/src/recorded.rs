//! Recorded interactions (`events/discord`), made those of a simulated person: for what the simulated Discord does not do by itself.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

use crate::desk::{Desk, Somebody};

/// Above what the simulated Discord gives out.
static NEXT_ID: AtomicU64 = AtomicU64::new(1_800_000_000_000_000_000);

/// An ID that no interaction has had.
pub fn fresh_id() -> String {
    NEXT_ID.fetch_add(1, Ordering::Relaxed).to_string()
}

/// The recorded interaction as if this person had sent it: a new one, whose answer changes that of one they have really sent.
pub async fn recorded(desk: &Desk, person: &Somebody<'_>, event: &str) -> Value {
    // One that changes nothing: there is no text in it.
    let outcome = person.tries(person.place, "message", serde_json::json!({"text": " "})).await;
    person.answer_to(&outcome).await;
    desk.settles().await;
    let path = format!("{}/../../events/discord/{event}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let discord = desk.sandbox.discord();
    let text = text
        .replace("1380000000000000001", &discord.application_id().to_string())
        .replace("1380000000000000777", &person.person.to_string())
        .replace("1405000000000000003", &fresh_id())
        .replace("1380000000000000900", &discord.dm_channel(person.person).to_string());
    let mut interaction: Value = serde_json::from_str(&text).unwrap();
    interaction["id"] = fresh_id().into();
    interaction["token"] = outcome.token.into();
    interaction["locale"] = discord.read(|state| state.user(person.person).map(|user| user.locale.clone())).into();
    interaction
}
