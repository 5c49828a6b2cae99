//! The virtual agent's answer, as a message.

use domain::text;
use knowledge::Answer;

/// The answer as Discord shows it.
pub fn for_discord(answer: &Answer) -> String {
    write(answer, discord::message::escape_markdown)
}

/// The answer as agents read it in the conversation.
pub fn for_agents(answer: &Answer) -> String {
    write(answer, str::to_owned)
}

fn write(answer: &Answer, escape: impl Fn(&str) -> String) -> String {
    match answer {
        Answer::Nothing => text::found_nothing(),
        Answer::Found(suggestions) => {
            let articles = suggestions
                .iter()
                .map(|found| text::article(&escape(&found.title), &found.url, &escape(&found.passage)));
            std::iter::once(text::found(suggestions.len())).chain(articles).collect::<Vec<_>>().join("\n\n")
        }
    }
}
