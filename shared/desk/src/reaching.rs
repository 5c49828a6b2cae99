//! Finds where a person can be reached, and brings their chat there: their direct messages, or a private thread.

use anyhow::Context;
use discord::interaction::{Interaction, Spot};
use discord::message::OutgoingMessage;
use domain::conversation::{Conversation, Place};
use domain::ids::InteractionId;
use domain::line::{Asker, Line, Said, Wish};
use jiff::Timestamp;
use queues::Queue;

use crate::commands::known_place;
use crate::opening::{OpenError, Opening};
use crate::threads::{ThreadError, Threads, Wanted};
use crate::welcoming::{WelcomeError, Welcoming};

/// Reaches people.
#[derive(Clone)]
pub struct Reaching {
    /// Greets them.
    pub welcoming: Welcoming,
    /// Opens private threads.
    pub threads: Threads,
}

/// Whether somebody was reached.
#[derive(Debug)]
pub enum Reached {
    /// They have been greeted here.
    At(Place),
    /// They have not, and this is what they are told.
    Not(OutgoingMessage),
}

impl Reaching {
    /// Greets somebody where their chat is, or in direct messages; offers a private thread where those are closed, and keeps `question` and
    /// what is `wanted` until then. The greeting is posted once per `id`.
    pub async fn reach(
        &self,
        interaction: &Interaction,
        asker: &Asker,
        current: Option<&Conversation>,
        (wanted, question): (Wanted, Option<String>),
        id: &str,
    ) -> anyhow::Result<Reached> {
        let known = known_place(interaction, current);
        match self.welcoming.welcome(asker, known, open(current), id).await {
            Ok(place) => Ok(Reached::At(place)),
            Err(WelcomeError::DmsClosed) => {
                self.threads.closed_dms(interaction, asker, wanted, question).await.map(Reached::Not)
            }
            Err(WelcomeError::Failed(error)) => Err(error),
        }
    }

    /// Greets somebody in a private thread, who has pressed the button for it. `asked_by` is the interaction that could not be answered in
    /// direct messages: by its ID the same thread and greeting are known again, however often the button is pressed.
    pub async fn reach_in_thread(
        &self,
        interaction: &Interaction,
        spot: Option<Spot>,
        asker: &Asker,
        current: Option<&Conversation>,
        asked_by: InteractionId,
    ) -> anyhow::Result<Reached> {
        let says = wording::speaking(interaction.language());
        let (Some(server), Some(spot)) = (interaction.guild_id, spot) else {
            return Ok(Reached::Not(OutgoingMessage::text(says.no_private_thread())));
        };
        let (id, by) = (asked_by.to_string(), interaction.id.to_string());
        let place = match self.threads.open(asker, server, spot, current, (&id, &by)).await {
            Ok(place) => place,
            Err(ThreadError::NotHere) => return Ok(Reached::Not(OutgoingMessage::text(says.no_private_thread()))),
            Err(ThreadError::NotAllowed) => return Ok(Reached::Not(OutgoingMessage::text(says.thread_not_allowed()))),
            Err(ThreadError::Failed(error)) => return Err(error),
        };
        // One that this very press has opened before it died is no chat to come back to.
        let greeted = self.welcoming.greet(asker, place, open(current), &id).await;
        greeted.context("greet in the thread")?;
        Ok(Reached::At(place))
    }
}

/// Opens the conversation of somebody who was reached, for the interaction `by`, and puts their question into the inbox, which was asked
/// with `id`.
pub async fn begin(
    opening: &Opening,
    inbox: &Queue,
    asker: &Asker,
    place: Place,
    question: Option<String>,
    (id, by): (&str, &str),
) -> anyhow::Result<Conversation> {
    let asker = Asker { channel: Some(place.channel), ..asker.clone() };
    // Its state is large, and this is where most ways end.
    let conversation = match Box::pin(opening.open_at(&asker, place, by)).await {
        Ok(conversation) => conversation,
        Err(OpenError::DmsClosed) => anyhow::bail!("the direct messages were closed behind the greeting"),
        Err(error) => return Err(anyhow::Error::new(error).context("open the conversation")),
    };
    if let Some(question) = question {
        let line = Line { id: id.to_owned(), asker, wish: Wish::Say(Said::text(question)), at: Timestamp::now() };
        inbox.send_line(&line).await.context("put the question into the inbox")?;
    }
    Ok(conversation)
}

/// The conversation, if it is open.
pub fn open(current: Option<&Conversation>) -> Option<&Conversation> {
    current.filter(|current| current.stage.is_open())
}
