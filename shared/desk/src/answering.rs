//! The virtual agent's answer, as a message.

use discord::message::escape_markdown;
use knowledge::{Answer, Suggestion};
use wording::Wording;

/// The answer as Discord shows it.
pub fn for_discord(says: &Wording, answer: &Answer) -> String {
    let article = |found: &Suggestion| {
        format!("**{}**\n{}\n<{}>", escape_markdown(&found.title), escape_markdown(&found.passage), found.url)
    };
    write(says, answer, article)
}

/// The answer as agents read it in the conversation: what the person was told, without marks, since Flex shows text as it is.
pub fn for_agents(says: &Wording, answer: &Answer) -> String {
    write(says, answer, |found| format!("{}\n{}\n{}", found.title, found.passage, found.url))
}

fn write(says: &Wording, answer: &Answer, article: impl Fn(&Suggestion) -> String) -> String {
    match answer {
        Answer::Nothing => says.found_nothing(),
        Answer::Found(suggestions) => {
            let articles = suggestions.iter().map(article);
            std::iter::once(says.found(suggestions.len())).chain(articles).collect::<Vec<_>>().join("\n\n")
        }
    }
}
