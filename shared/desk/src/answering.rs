//! The virtual agent's answer, as a message.

use discord::message::escape_markdown;
use domain::text;
use knowledge::{Answer, Suggestion};

/// The answer as Discord shows it.
pub fn for_discord(answer: &Answer) -> String {
    write(answer, |found| text::article(&escape_markdown(&found.title), &found.url, &escape_markdown(&found.passage)))
}

/// The answer as agents read it in the conversation.
pub fn for_agents(answer: &Answer) -> String {
    write(answer, |found| text::for_agents::article(&found.title, &found.url, &found.passage))
}

fn write(answer: &Answer, article: impl Fn(&Suggestion) -> String) -> String {
    match answer {
        Answer::Nothing => text::found_nothing(),
        Answer::Found(suggestions) => {
            let articles = suggestions.iter().map(article);
            std::iter::once(text::found(suggestions.len())).chain(articles).collect::<Vec<_>>().join("\n\n")
        }
    }
}
