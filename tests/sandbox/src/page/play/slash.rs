//! A slash command as somebody types it into Discord's box: `/case status number: 7 to: resolved`.

use serde_json::{Map, Value, json};

/// Name (with subcommands) and options of what stands behind the slash. A text that begins without an option's name is the first option's.
/// `uploads` go to the options that take files, in order; `find` gives the ID of a person (type 6) or channel (type 7) by its name.
pub(super) fn parse(
    commands: &[Value],
    find: impl Fn(u64, &str) -> Option<u64>,
    typed: &str,
    uploads: Vec<u64>,
) -> Result<(String, Value), String> {
    let (name, rest) = first_word(typed);
    let command = commands.iter().find(|command| command["name"] == name && command["type"] == 1);
    let mut at = command.ok_or_else(|| format!("There is no command /{name}."))?;
    let (mut path, mut rest) = (vec![name], rest);
    loop {
        let (word, behind) = first_word(rest);
        let Some(inner) = options(at).find(|inner| inner["name"] == word && matches!(kind(inner), 1 | 2)) else {
            break;
        };
        path.push(word);
        (at, rest) = (inner, behind);
    }
    let mut given = Map::new();
    for (option, text) in split(at, rest)? {
        given.insert(name_of(option).to_owned(), value(&find, option, text)?);
    }
    let files = options(at).filter(|option| kind(option) == 11);
    given.extend(files.zip(uploads).map(|(option, upload)| (name_of(option).to_owned(), json!(upload))));
    Ok((path.join(" "), Value::Object(given)))
}

fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim())
}

fn options(command: &Value) -> impl Iterator<Item = &Value> {
    command["options"].as_array().into_iter().flatten()
}

fn kind(option: &Value) -> u64 {
    option["type"].as_u64().unwrap_or(3)
}

fn name_of(option: &Value) -> &str {
    option["name"].as_str().unwrap_or_default()
}

/// The options that are named in a text, each with what stands behind its name.
fn split<'a>(command: &'a Value, text: &'a str) -> Result<Vec<(&'a Value, &'a str)>, String> {
    let mut starts: Vec<(usize, usize, &Value)> = Vec::new();
    for option in options(command) {
        let label = format!("{}:", name_of(option));
        let begins = |at: &usize| *at == 0 || text[..*at].ends_with(char::is_whitespace);
        let found = text.match_indices(&label).map(|(at, _)| at).find(begins);
        starts.extend(found.map(|at| (at, at + label.len(), option)));
    }
    starts.sort_by_key(|(at, ..)| *at);
    if starts.first().is_none_or(|(at, ..)| *at > 0) && !text.is_empty() {
        let first = options(command).find(|option| !matches!(kind(option), 1 | 2));
        starts.insert(0, (0, 0, first.ok_or("This command takes no text.")?));
    }
    let ends = starts.iter().skip(1).map(|(at, ..)| *at).chain([text.len()]);
    Ok(starts.iter().zip(ends).map(|((_, from, option), to)| (*option, text[*from..to].trim())).collect())
}

fn value(find: impl Fn(u64, &str) -> Option<u64>, option: &Value, text: &str) -> Result<Value, String> {
    // People see the names of choices, and choose values.
    let mut choices = option["choices"].as_array().into_iter().flatten();
    if let Some(choice) = choices.find(|choice| choice["name"] == text) {
        return Ok(choice["value"].clone());
    }
    let value = match kind(option) {
        4 => text.parse::<i64>().ok().map(|number| json!(number)),
        10 => text.parse::<f64>().ok().map(|number| json!(number)),
        5 => text.parse::<bool>().ok().map(|yes| json!(yes)),
        kind @ (6 | 7) => find(kind, text.trim_start_matches(['@', '#'])).map(|id| json!(id)),
        _ => Some(json!(text)),
    };
    value.ok_or_else(|| format!("{} does not take “{text}”.", name_of(option)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_with(typed: &str, uploads: Vec<u64>) -> Result<(String, Value), String> {
        let commands = [
            json!({"name": "helpme", "type": 1, "options": [{"name": "question", "type": 3}]}),
            json!({"name": "close", "type": 1}),
            json!({"name": "case", "type": 1, "options": [
                {"name": "assign", "type": 1, "options": [{"name": "number", "type": 4}, {"name": "to", "type": 6}]},
                {"name": "status", "type": 1, "options": [
                    {"name": "number", "type": 4}, {"name": "to", "type": 3, "choices": [{"name": "Resolved", "value": "resolved"}]},
                    {"name": "reason", "type": 3}, {"name": "file", "type": 11}]}]}),
        ];
        parse(&commands, |kind, name| (kind == 6 && name == "Morgan").then_some(9), typed, uploads)
    }

    fn parsed(typed: &str) -> Result<(String, Value), String> {
        parse_with(typed, vec![])
    }

    #[test]
    fn options_are_read_by_their_names_in_any_order() {
        let wanted = json!({"number": 7, "to": "resolved", "reason": "fixed in 2: at last"});
        for typed in [
            "case status number: 7 to: Resolved reason: fixed in 2: at last",
            "case  status reason:fixed in 2: at last to:resolved number:7",
        ] {
            assert_eq!(parsed(typed), Ok(("case status".to_owned(), wanted.clone())));
        }
    }

    #[test]
    fn a_text_without_a_name_is_the_first_option() {
        assert_eq!(
            parsed("helpme where do I start?"),
            Ok(("helpme".to_owned(), json!({"question": "where do I start?"})))
        );
        assert_eq!(parsed("case status 7 to: resolved").unwrap().1, json!({"number": 7, "to": "resolved"}));
        assert_eq!(parsed("helpme"), Ok(("helpme".to_owned(), json!({}))));
    }

    #[test]
    fn people_are_named() {
        assert_eq!(parsed("case assign 7 to: @Morgan").unwrap().1, json!({"number": 7, "to": 9}));
        assert!(parsed("case assign 7 to: @Nobody").is_err());
    }

    #[test]
    fn files_go_where_files_are_taken() {
        let (_, options) = parse_with("case status 7", vec![5]).unwrap();
        assert_eq!(options, json!({"number": 7, "file": 5}));
    }

    #[test]
    fn what_no_client_would_send_is_told() {
        for typed in ["", "nothing", "close now", "case status number: seven"] {
            assert!(parsed(typed).is_err(), "{typed}");
        }
    }
}
