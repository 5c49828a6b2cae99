//! What Discord accepts in a message, a modal and a command, and what it makes of it.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::sims::http::Reply;

/// Longest message content, in characters. See [Discord Docs/Create Message].
const CONTENT_MAX: usize = 2000;

/// A refusal in Discord's shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// Discord's error code.
    pub code: u32,
    /// What it says.
    pub message: String,
    /// Which field is wrong, for 50035.
    pub errors: Option<Value>,
}

impl Refusal {
    /// A refusal without field errors.
    pub fn new(status: u16, code: u32, message: &str) -> Self {
        Self { status, code, message: message.to_owned(), errors: None }
    }

    /// 50035 with one wrong field; `field` is a path such as `components.0.label`.
    pub fn form(field: &str, code: &str, message: impl Into<String>) -> Self {
        let mut errors = json!({"_errors": [{"code": code, "message": message.into()}]});
        for part in field.split('.').rev() {
            errors = json!({ part: errors });
        }
        Self { errors: Some(errors), ..Self::new(400, 50035, "Invalid Form Body") }
    }

    fn length(field: &str, range: &str) -> Self {
        Self::form(field, "BASE_TYPE_BAD_LENGTH", format!("Must be {range} in length."))
    }

    /// The answer to the caller.
    pub fn reply(&self) -> Reply {
        let mut body = json!({"message": self.message, "code": self.code});
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        Reply::json(self.status, &body)
    }
}

/// Where a message goes; it decides about flags and default mentions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// `POST` or `PATCH` in a channel.
    Channel,
    /// Interaction answers, follow-ups and their edits.
    Interaction,
}

/// The parts of a message body that were checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checked {
    /// `None` when the body does not name it.
    pub content: Option<String>,
    /// As sent.
    pub embeds: Option<Value>,
    /// With ids filled in.
    pub components: Option<Value>,
    /// As sent.
    pub flags: Option<u64>,
    /// Who would be pinged.
    pub pinged: Vec<String>,
    /// Whether `allowed_mentions` was sent.
    pub mentions_limited: bool,
    /// IDs of the files that are stored; `None` when nothing about files changes.
    pub attachments: Option<Vec<u64>>,
}

/// Checks a message body. An empty one is refused unless something else of the message stays (`may_be_empty`).
pub fn message(body: &Value, route: Route, may_be_empty: bool) -> Result<Checked, Refusal> {
    message_with_files(body, route, may_be_empty, 0)
}

/// [`message`] with files beside the body: a message may consist of files alone.
pub fn message_with_files(body: &Value, route: Route, may_be_empty: bool, files: usize) -> Result<Checked, Refusal> {
    if !body.is_object() {
        return Err(Refusal::new(400, 50109, "The request body contains invalid JSON."));
    }
    let content = match &body["content"] {
        Value::Null => body.get("content").map(|_| String::new()),
        // Discord trims what it shows, and counts before that.
        Value::String(text) if text.chars().count() <= CONTENT_MAX => Some(text.trim().to_owned()),
        Value::String(_) => {
            return Err(Refusal::form("content", "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length."));
        }
        _ => return Err(Refusal::form("content", "STRING_TYPE_CONVERT", "Could not interpret value as string.")),
    };
    let flags = body["flags"].as_u64();
    let embeds = body.get("embeds").filter(|embeds| !embeds.is_null()).cloned();
    if let Some(embeds) = &embeds {
        check_embeds(embeds)?;
    }
    let v2 = flags.unwrap_or(0) & (1 << 15) != 0;
    let components = match body.get("components").filter(|components| !components.is_null()) {
        Some(components) => Some(check_components(components, v2)?),
        None => None,
    };
    if v2 && content.as_deref().is_some_and(|content| !content.is_empty()) {
        return Err(Refusal::form(
            "content",
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
            "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
        ));
    }
    let filled = |value: &Option<Value>| value.as_ref().and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    let empty = content.as_deref().unwrap_or_default().is_empty()
        && !filled(&embeds)
        && !filled(&components)
        && files == 0
        && body["poll"].is_null()
        && !filled(&body.get("attachments").cloned())
        && !filled(&body.get("sticker_ids").cloned());
    if empty && !may_be_empty {
        return Err(Refusal::new(400, 50006, "Cannot send an empty message"));
    }
    let allowed = body.get("allowed_mentions").filter(|allowed| !allowed.is_null());
    let pinged = pings(content.as_deref().unwrap_or_default(), allowed, route)?;
    Ok(Checked { content, embeds, components, flags, pinged, mentions_limited: allowed.is_some(), attachments: None })
}

fn check_embeds(embeds: &Value) -> Result<(), Refusal> {
    let list =
        embeds.as_array().ok_or_else(|| Refusal::form("embeds", "LIST_TYPE_CONVERT", "Only iterables may be used."))?;
    if list.len() > 10 {
        return Err(Refusal::length("embeds", "10 or fewer"));
    }
    let text = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    let sizes = list.iter().map(|embed| {
        let fields = embed["fields"].as_array().into_iter().flatten();
        text(&embed["title"])
            + text(&embed["description"])
            + text(&embed["footer"]["text"])
            + text(&embed["author"]["name"])
            + fields.map(|field| text(&field["name"]) + text(&field["value"])).sum::<usize>()
    });
    if sizes.sum::<usize>() > 6000 {
        return Err(Refusal::form("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000"));
    }
    Ok(())
}

/// Checks a message's components and gives them ids.
fn check_components(components: &Value, v2: bool) -> Result<Value, Refusal> {
    let rows = components
        .as_array()
        .ok_or_else(|| Refusal::form("components", "LIST_TYPE_CONVERT", "Only iterables may be used."))?;
    if !v2 && rows.len() > 5 {
        return Err(Refusal::length("components", "5 or fewer"));
    }
    let mut seen = HashSet::new();
    for (at, row) in rows.iter().enumerate() {
        let field = format!("components.{at}");
        if v2 {
            check_v2(row, &field, &mut seen)?;
            continue;
        }
        if row["type"] != 1 {
            return Err(Refusal::form(
                &format!("{field}.type"),
                "UNION_TYPE_CHOICES",
                "Value of field \"type\" must be one of (1,).",
            ));
        }
        check_row(row, &field, &mut seen)?;
    }
    let mut numbered = components.clone();
    let count = number(&mut numbered, 0);
    if count > 40 {
        return Err(Refusal::length("components", "40 or fewer"));
    }
    Ok(numbered)
}

fn check_row(row: &Value, field: &str, seen: &mut HashSet<String>) -> Result<(), Refusal> {
    let inside = row["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let buttons = inside.iter().all(|component| component["type"] == 2);
    if inside.is_empty() || inside.len() > 5 || (!buttons && inside.len() > 1) {
        return Err(Refusal::length(&format!("{field}.components"), "between 1 and 5"));
    }
    for (at, component) in inside.iter().enumerate() {
        let field = format!("{field}.components.{at}");
        match component["type"].as_u64() {
            Some(2) => check_button(component, &field, seen)?,
            Some(3 | 5 | 6 | 7 | 8) => {
                check_custom_id(component, &field, seen)?;
                if component["type"] == 3 {
                    check_options(component, &field)?;
                }
            }
            _ => {
                return Err(Refusal::form(
                    &format!("{field}.type"),
                    "UNION_TYPE_CHOICES",
                    "Value of field \"type\" must be one of (2, 3, 5, 6, 7, 8).",
                ));
            }
        }
    }
    Ok(())
}

fn check_v2(component: &Value, field: &str, seen: &mut HashSet<String>) -> Result<(), Refusal> {
    match component["type"].as_u64() {
        Some(1) => check_row(component, field, seen),
        Some(10) => {
            let length = component["content"].as_str().map_or(0, |text| text.chars().count());
            if (1..=4000).contains(&length) {
                Ok(())
            } else {
                Err(Refusal::length(&format!("{field}.content"), "between 1 and 4000"))
            }
        }
        Some(9 | 17) => {
            if component["accessory"]["type"] == 2 {
                check_button(&component["accessory"], &format!("{field}.accessory"), seen)?;
            }
            let inside = component["components"].as_array().map(Vec::as_slice).unwrap_or_default();
            inside
                .iter()
                .enumerate()
                .try_for_each(|(at, inner)| check_v2(inner, &format!("{field}.components.{at}"), seen))
        }
        Some(11..=14) => Ok(()),
        _ => Err(Refusal::form(
            &format!("{field}.type"),
            "UNION_TYPE_CHOICES",
            "Value of field \"type\" is not a component of messages.",
        )),
    }
}

fn check_button(button: &Value, field: &str, seen: &mut HashSet<String>) -> Result<(), Refusal> {
    let label = button["label"].as_str().map_or(0, |label| label.chars().count());
    if label > 80 {
        return Err(Refusal::length(&format!("{field}.label"), "80 or fewer"));
    }
    match button["style"].as_u64() {
        Some(1..=4) => {
            if label == 0 && button["emoji"].is_null() {
                return Err(Refusal::form(
                    field,
                    "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED",
                    "A button must have a label or emoji.",
                ));
            }
            check_custom_id(button, field, seen)
        }
        Some(5) => {
            if !button["custom_id"].is_null() {
                return Err(Refusal::form(
                    field,
                    "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                    "A custom id and url cannot both be specified",
                ));
            }
            let url = button["url"].as_str().unwrap_or_default();
            let schemes = ["http://", "https://", "discord://"];
            if url.chars().count() > 512 || !schemes.iter().any(|scheme| url.starts_with(scheme)) {
                return Err(Refusal::form(&format!("{field}.url"), "URL_TYPE_INVALID_URL", "Not a well formed URL."));
            }
            Ok(())
        }
        Some(6) => Ok(()),
        _ => Err(Refusal::form(
            &format!("{field}.style"),
            "BASE_TYPE_CHOICES",
            "Value must be one of {1, 2, 3, 4, 5, 6}.",
        )),
    }
}

fn check_custom_id(component: &Value, field: &str, seen: &mut HashSet<String>) -> Result<(), Refusal> {
    let field = format!("{field}.custom_id");
    let id = component["custom_id"]
        .as_str()
        .ok_or_else(|| Refusal::form(&field, "BASE_TYPE_REQUIRED", "This field is required"))?;
    if !(1..=100).contains(&id.chars().count()) {
        return Err(Refusal::length(&field, "between 1 and 100"));
    }
    if seen.insert(id.to_owned()) {
        Ok(())
    } else {
        Err(Refusal::form(&field, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"))
    }
}

fn check_options(select: &Value, field: &str) -> Result<(), Refusal> {
    let options = select["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    if options.is_empty() || options.len() > 25 {
        return Err(Refusal::length(&format!("{field}.options"), "between 1 and 25"));
    }
    check_placeholder(select, field, 150)?;
    check_count(select, field, 25, 25)?;
    let most = select["max_values"].as_u64().unwrap_or(1);
    if most > options.len() as u64 {
        return Err(Refusal::form(
            &format!("{field}.options"),
            "BASE_TYPE_BAD_LENGTH",
            format!("Must be {most} or more in length."),
        ));
    }
    let chosen = options.iter().filter(|option| option["default"] == true).count() as u64;
    if chosen > most {
        return Err(Refusal::form(
            &format!("{field}.options"),
            "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES",
            "More options are chosen beforehand than can be chosen.",
        ));
    }
    let mut values = HashSet::new();
    for (at, option) in options.iter().enumerate() {
        for name in ["label", "value"] {
            let length = option[name].as_str().map_or(0, |text| text.chars().count());
            if !(1..=100).contains(&length) {
                return Err(Refusal::length(&format!("{field}.options.{at}.{name}"), "between 1 and 100"));
            }
        }
        if option["description"].as_str().is_some_and(|text| text.chars().count() > 100) {
            return Err(Refusal::length(&format!("{field}.options.{at}.description"), "100 or fewer"));
        }
        if !values.insert(option["value"].as_str().unwrap_or_default()) {
            return Err(Refusal::form(
                &format!("{field}.options.{at}.value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            ));
        }
    }
    Ok(())
}

fn check_placeholder(component: &Value, field: &str, most: usize) -> Result<(), Refusal> {
    if component["placeholder"].as_str().is_some_and(|text| text.chars().count() > most) {
        return Err(Refusal::length(&format!("{field}.placeholder"), &format!("{most} or fewer")));
    }
    Ok(())
}

/// `min_values` (from 0) and `max_values` (from 1), each within its limit and in order.
fn check_count(component: &Value, field: &str, min_limit: u64, max_limit: u64) -> Result<(), Refusal> {
    let (least, most) = (component["min_values"].as_u64(), component["max_values"].as_u64());
    if least.is_some_and(|least| least > min_limit) {
        let message = format!("int value should be less than or equal to {min_limit}.");
        return Err(Refusal::form(&format!("{field}.min_values"), "NUMBER_TYPE_MAX", message));
    }
    if most.is_some_and(|most| !(1..=max_limit).contains(&most)) {
        let message = format!("int value should be between 1 and {max_limit}.");
        return Err(Refusal::form(&format!("{field}.max_values"), "NUMBER_TYPE_MAX", message));
    }
    if least.unwrap_or(1) > most.unwrap_or(1) && least.is_some() {
        return Err(Refusal::form(field, "BASE_TYPE_BAD_RANGE", "min_values is larger than max_values."));
    }
    Ok(())
}

/// Gives every component an id, depth first, and counts them.
fn number(value: &mut Value, mut last: u64) -> u64 {
    match value {
        Value::Array(items) => items.iter_mut().fold(last, |last, item| number(item, last)),
        Value::Object(object) if object.contains_key("type") => {
            last += 1;
            object.entry("id").or_insert_with(|| json!(last));
            for inner in ["components", "component", "accessory"] {
                if let Some(inner) = object.get_mut(inner) {
                    last = number(inner, last);
                }
            }
            last
        }
        _ => last,
    }
}

/// Every component of a tree, depth first.
pub fn components_in(value: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items.iter().rev()),
            Value::Object(object) if object.contains_key("type") => {
                found.push(value);
                open.extend(["accessory", "component", "components"].iter().filter_map(|inner| object.get(*inner)));
            }
            _ => {}
        }
    }
    found
}

/// Who a message would ping. The default differs: a plain message parses everything, interactions users only.
fn pings(content: &str, allowed: Option<&Value>, route: Route) -> Result<Vec<String>, Refusal> {
    let words = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let (parse, users, roles) = match allowed {
        None if route == Route::Channel => {
            (vec!["users".to_owned(), "roles".into(), "everyone".into()], vec![], vec![])
        }
        None => (vec!["users".to_owned()], vec![], vec![]),
        Some(allowed) => (words(&allowed["parse"]), words(&allowed["users"]), words(&allowed["roles"])),
    };
    if let Some(unknown) = parse.iter().find(|word| !matches!(word.as_str(), "users" | "roles" | "everyone")) {
        return Err(Refusal::form(
            "allowed_mentions.parse",
            "BASE_TYPE_CHOICES",
            format!("{unknown} is none of ('users', 'roles', 'everyone')."),
        ));
    }
    for (word, list) in [("users", &users), ("roles", &roles)] {
        if parse.iter().any(|parsed| parsed == word) && !list.is_empty() {
            return Err(Refusal::form(
                "allowed_mentions",
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                format!("parse:[\"{word}\"] and {word}: [ids...] are mutually exclusive."),
            ));
        }
    }
    let may = |word: &str| parse.iter().any(|parsed| parsed == word);
    let mut pinged = Vec::new();
    for everyone in ["@everyone", "@here"] {
        if may("everyone") && content.contains(everyone) {
            pinged.push(everyone.to_owned());
        }
    }
    for (start, _) in content.match_indices("<@") {
        let Some(end) = content[start..].find('>') else { continue };
        let mention = &content[start..=start + end];
        let id = mention.trim_matches(|c| matches!(c, '<' | '>' | '@' | '&' | '!'));
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let (word, list) = if mention.starts_with("<@&") { ("roles", &roles) } else { ("users", &users) };
        if may(word) || list.iter().any(|listed| listed == id) {
            pinged.push(mention.to_owned());
        }
    }
    Ok(pinged)
}

/// Checks a modal and gives its components ids. See [Discord Docs/Receiving and Responding, "Modal"].
pub fn modal(data: &Value) -> Result<Value, Refusal> {
    let mut seen = HashSet::new();
    check_custom_id(data, "data", &mut HashSet::new())?;
    let title = data["title"].as_str().map_or(0, |title| title.trim().chars().count());
    if !(1..=45).contains(&title) {
        return Err(Refusal::length("data.title", "between 1 and 45"));
    }
    let components = data["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !(1..=5).contains(&components.len()) {
        return Err(Refusal::length("data.components", "between 1 and 5"));
    }
    for (at, component) in components.iter().enumerate() {
        let field = format!("data.components.{at}");
        match component["type"].as_u64() {
            Some(18) => check_label(component, &field, &mut seen)?,
            Some(10) => {
                let length = component["content"].as_str().map_or(0, |text| text.chars().count());
                if !(1..=4000).contains(&length) {
                    return Err(Refusal::length(&format!("{field}.content"), "between 1 and 4000"));
                }
            }
            Some(1) => {
                let inside = component["components"].as_array().map(Vec::as_slice).unwrap_or_default();
                match inside {
                    [input] if input["type"] == 4 => {
                        check_label_text(input, &field)?;
                        check_text_input(input, &field, &mut seen)?;
                    }
                    _ => {
                        return Err(Refusal::form(
                            &field,
                            "UNION_TYPE_CHOICES",
                            "An action row of a modal holds one text input.",
                        ));
                    }
                }
            }
            _ => {
                return Err(Refusal::form(
                    &format!("{field}.type"),
                    "UNION_TYPE_CHOICES",
                    "Value of field \"type\" must be one of (1, 10, 18).",
                ));
            }
        }
    }
    let mut numbered = data["components"].clone();
    number(&mut numbered, 0);
    Ok(numbered)
}

fn check_label_text(label: &Value, field: &str) -> Result<(), Refusal> {
    let length = label["label"].as_str().map_or(0, |label| label.chars().count());
    if !(1..=45).contains(&length) {
        return Err(Refusal::length(&format!("{field}.label"), "between 1 and 45"));
    }
    if label["description"].as_str().is_some_and(|text| text.chars().count() > 100) {
        return Err(Refusal::length(&format!("{field}.description"), "100 or fewer"));
    }
    Ok(())
}

fn check_label(label: &Value, field: &str, seen: &mut HashSet<String>) -> Result<(), Refusal> {
    check_label_text(label, field)?;
    let inner = &label["component"];
    let field = format!("{field}.component");
    match inner["type"].as_u64() {
        Some(4) if !inner["label"].is_null() => Err(Refusal::form(
            &format!("{field}.label"),
            "COMPONENT_LABEL_IN_LABEL",
            "A text input inside a label has no label of its own.",
        )),
        Some(4) => check_text_input(inner, &field, seen),
        Some(3) => {
            if !inner["disabled"].is_null() {
                return Err(Refusal::form(
                    &format!("{field}.disabled"),
                    "MODAL_SELECT_DISABLED",
                    "A select in a modal cannot be disabled.",
                ));
            }
            check_options(inner, &field)?;
            check_custom_id(inner, &field, seen)
        }
        Some(5..=8) => {
            check_placeholder(inner, &field, 150)?;
            check_count(inner, &field, 25, 25)?;
            check_custom_id(inner, &field, seen)
        }
        Some(19) => {
            check_count(inner, &field, 10, 10)?;
            check_custom_id(inner, &field, seen)
        }
        Some(kind @ (21 | 22)) => {
            let options = inner["options"].as_array().map_or(0, Vec::len);
            if !(if kind == 21 { 2 } else { 1 }..=10).contains(&options) {
                return Err(Refusal::length(&format!("{field}.options"), "10 or fewer"));
            }
            check_custom_id(inner, &field, seen)
        }
        Some(23) => check_custom_id(inner, &field, seen),
        _ => Err(Refusal::form(
            &format!("{field}.type"),
            "UNION_TYPE_CHOICES",
            "This component does not go into a label.",
        )),
    }
}

fn check_text_input(input: &Value, field: &str, seen: &mut HashSet<String>) -> Result<(), Refusal> {
    check_custom_id(input, field, seen)?;
    if !matches!(input["style"].as_u64(), Some(1 | 2)) {
        return Err(Refusal::form(&format!("{field}.style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2}."));
    }
    let number = |name: &str| input[name].as_u64();
    if number("min_length").is_some_and(|n| n > 4000) || number("max_length").is_some_and(|n| !(1..=4000).contains(&n))
    {
        return Err(Refusal::form(field, "NUMBER_TYPE_MAX", "int value should be less than or equal to 4000."));
    }
    if let (Some(min), Some(max)) = (number("min_length"), number("max_length"))
        && min > max
    {
        return Err(Refusal::form(field, "BASE_TYPE_BAD_RANGE", "min_length is larger than max_length."));
    }
    for (name, max) in [("value", 4000), ("placeholder", 100)] {
        if input[name].as_str().is_some_and(|text| text.chars().count() > max) {
            return Err(Refusal::length(&format!("{field}.{name}"), &format!("{max} or fewer")));
        }
    }
    // What stands in a field beforehand keeps to the field's own limits; nothing may stand in it always.
    let preset = input["value"].as_str().map_or(0, |text| text.chars().count() as u64);
    let (least, most) = (number("min_length").unwrap_or(0), number("max_length").unwrap_or(4000));
    if preset > most || (preset > 0 && preset < least) {
        return Err(Refusal::length(&format!("{field}.value"), &format!("between {least} and {most}")));
    }
    Ok(())
}

/// Checks one command for `PUT /applications/{id}/commands`. `user_install` says whether the application may be installed by users.
pub fn command(command: &Value, at: usize, user_install: bool) -> Result<(), Refusal> {
    let field = |name: &str| format!("{at}.{name}");
    let kind = command["type"].as_u64().unwrap_or(1);
    let name = command["name"].as_str().unwrap_or_default();
    if !(1..=32).contains(&name.chars().count()) {
        return Err(Refusal::length(&field("name"), "between 1 and 32"));
    }
    let description = command["description"].as_str().map_or(0, |text| text.chars().count());
    match kind {
        1 => {
            if !is_slash_name(name) {
                return Err(Refusal::form(
                    &field("name"),
                    "APPLICATION_COMMAND_INVALID_NAME",
                    "Command name is invalid",
                ));
            }
            if !(1..=100).contains(&description) {
                return Err(Refusal::length(&field("description"), "between 1 and 100"));
            }
        }
        2 | 3 => {
            if description > 0 || !command["options"].as_array().is_none_or(Vec::is_empty) {
                return Err(Refusal::form(
                    &field("description"),
                    "APPLICATION_COMMANDS_DESCRIPTION_NOT_EMPTY",
                    "Context menu commands cannot have description or options",
                ));
            }
        }
        _ => return Err(Refusal::form(&field("type"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4}.")),
    }
    for key in ["integration_types", "contexts"] {
        let max = if key == "contexts" { 2 } else { 1 };
        for value in command[key].as_array().into_iter().flatten() {
            if value.as_u64().is_none_or(|value| value > max) {
                return Err(Refusal::form(&field(key), "BASE_TYPE_CHOICES", "Value is none of the choices."));
            }
            if key == "integration_types" && value == 1 && !user_install {
                return Err(Refusal::form(
                    &field(key),
                    "APPLICATION_COMMAND_INTEGRATION_TYPE_NOT_SUPPORTED",
                    "The application does not support user installs.",
                ));
            }
        }
    }
    let name_fits = |name: &str| if kind == 1 { is_slash_name(name) } else { (1..=32).contains(&name.chars().count()) };
    check_localizations(command, &at.to_string(), name_fits)?;
    check_command_options(&command["options"], &field("options"), 0)?;
    if command_size(command) > 8000 {
        return Err(Refusal::form(
            &at.to_string(),
            "APPLICATION_COMMAND_TOO_LARGE",
            "Command exceeds maximum size (8000)",
        ));
    }
    Ok(())
}

/// Checks options; `depth` is 0 in a command, and counts the subcommands and groups above.
fn check_command_options(options: &Value, field: &str, depth: usize) -> Result<(), Refusal> {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    if options.len() > 25 {
        return Err(Refusal::length(field, "25 or fewer"));
    }
    let nests = |option: &Value| matches!(option["type"].as_u64(), Some(1 | 2));
    let nesting = options.iter().filter(|option| nests(option)).count();
    if nesting != 0 && nesting != options.len() {
        return Err(Refusal::form(
            field,
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        ));
    }
    let (mut names, mut optional_seen) = (HashSet::new(), false);
    for (at, option) in options.iter().enumerate() {
        let place = format!("{field}.{at}");
        let field = |name: &str| format!("{place}.{name}");
        let name = option["name"].as_str().unwrap_or_default();
        if !is_slash_name(name) {
            return Err(Refusal::form(&field("name"), "APPLICATION_COMMAND_INVALID_NAME", "Option name is invalid"));
        }
        if !names.insert(name.to_owned()) {
            return Err(Refusal::form(
                &field("name"),
                "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                "Option name already exists",
            ));
        }
        if !(1..=100).contains(&option["description"].as_str().map_or(0, |text| text.chars().count())) {
            return Err(Refusal::length(&field("description"), "between 1 and 100"));
        }
        check_localizations(option, &place, is_slash_name)?;
        if !option["type"].as_u64().is_some_and(|kind| (1..=11).contains(&kind)) {
            return Err(Refusal::form(&field("type"), "BASE_TYPE_CHOICES", "Value is none of the choices."));
        }
        let required = option["required"] == true;
        if required && optional_seen {
            return Err(Refusal::form(
                &field("required"),
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            ));
        }
        optional_seen |= !required && !nests(option);
        let choices = option["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
        if choices.len() > 25 {
            return Err(Refusal::length(&field("choices"), "25 or fewer"));
        }
        check_choices(option, choices, &field("choices"))?;
        for (bound, least) in [("min_length", 0), ("max_length", 1)] {
            if option[bound].as_u64().is_some_and(|n| !(least..=6000).contains(&n)) {
                return Err(Refusal::form(
                    &field(bound),
                    "NUMBER_TYPE_MAX",
                    format!("int value should be between {least} and 6000."),
                ));
            }
        }
        // A subcommand holds no subcommand, and a group nothing but subcommands; groups stand at the top.
        match (option["type"].as_u64(), depth) {
            (Some(1), 0 | 1) => check_command_options(&option["options"], &field("options"), 2)?,
            (Some(2), 0) => {
                let inside = option["options"].as_array().map(Vec::as_slice).unwrap_or_default();
                if inside.is_empty() || inside.iter().any(|inner| inner["type"] != 1) {
                    return Err(Refusal::form(
                        &field("options"),
                        "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                        "A group holds subcommands.",
                    ));
                }
                check_command_options(&option["options"], &field("options"), 1)?;
            }
            (Some(1 | 2), _) => {
                return Err(Refusal::form(
                    &field("type"),
                    "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                    "Subcommands and groups cannot be nested this deep.",
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_choices(option: &Value, choices: &[Value], field: &str) -> Result<(), Refusal> {
    let kind = option["type"].as_u64().unwrap_or(0);
    let completes = option["autocomplete"] == true;
    if (!choices.is_empty() || completes) && !matches!(kind, 3 | 4 | 10) {
        return Err(Refusal::form(
            field,
            "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID",
            "Choices and autocomplete are for text and numbers.",
        ));
    }
    if !choices.is_empty() && completes {
        return Err(Refusal::form(
            field,
            "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES",
            "Choices and autocomplete exclude each other.",
        ));
    }
    let mut seen = HashSet::new();
    for (at, choice) in choices.iter().enumerate() {
        check_choice(choice, kind, &format!("{field}.{at}"))?;
        if !seen.insert(choice["name"].as_str().unwrap_or_default()) {
            return Err(Refusal::form(
                &format!("{field}.{at}"),
                "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS",
                "Option choice name already exists",
            ));
        }
    }
    Ok(())
}

/// A choice of an option, or a suggestion: name and value, the value of the option's type.
pub fn check_choice(choice: &Value, option_type: u64, field: &str) -> Result<(), Refusal> {
    let fits = |text: &str| (1..=100).contains(&text.chars().count());
    if !choice["name"].as_str().is_some_and(fits) {
        return Err(Refusal::length(&format!("{field}.name"), "between 1 and 100"));
    }
    check_localizations(choice, field, fits)?;
    let value = &choice["value"];
    let right = match option_type {
        4 => value.is_i64() || value.is_u64(),
        10 => value.is_number(),
        _ => value.as_str().is_some_and(|text| text.chars().count() <= 100),
    };
    if right {
        Ok(())
    } else {
        Err(Refusal::form(&format!("{field}.value"), "BASE_TYPE_CONVERT", "The value does not fit the option's type."))
    }
}

/// Locales of Discord's clients. See [Discord Docs/Locales].
const LOCALES: [&str; 32] = [
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR",
    "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
];

/// Whether a text fits.
type Fits<'a> = &'a dyn Fn(&str) -> bool;

/// What a command, option or choice is called, and what is said about it, in other languages: by known locales, and held to the same
/// rules as what it is called without one.
fn check_localizations(of: &Value, field: &str, name_fits: impl Fn(&str) -> bool) -> Result<(), Refusal> {
    let describes = |text: &str| !of["description"].is_null() && (1..=100).contains(&text.chars().count());
    let checks: [(&str, Fits<'_>); 2] = [("name_localizations", &name_fits), ("description_localizations", &describes)];
    for (key, fits) in checks {
        for (locale, text) in of[key].as_object().into_iter().flatten() {
            let field = format!("{field}.{key}.{locale}");
            if !LOCALES.contains(&locale.as_str()) {
                return Err(Refusal::form(&field, "APPLICATION_COMMAND_INVALID_LOCALE", "This locale is not valid"));
            }
            if !text.as_str().is_some_and(fits) {
                return Err(Refusal::form(&field, "APPLICATION_COMMAND_INVALID_LOCALIZATION", "The text is invalid"));
            }
        }
    }
    Ok(())
}

/// Name and option names: `^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$`, lower case where the script has it.
fn is_slash_name(name: &str) -> bool {
    let fits = |c: char| {
        matches!(c, '-' | '_' | '\'')
            || c.is_alphanumeric()
            || ('\u{900}'..='\u{97f}').contains(&c)
            || ('\u{e00}'..='\u{e7f}').contains(&c)
    };
    (1..=32).contains(&name.chars().count()) && name.chars().all(fits) && name.to_lowercase() == name
}

/// Characters of a command, the longest localisation counted.
fn command_size(command: &Value) -> usize {
    let longest = |text: &Value, localised: &Value| {
        let others = localised.as_object().into_iter().flat_map(Map::values);
        std::iter::once(text)
            .chain(others)
            .filter_map(Value::as_str)
            .map(|text| text.chars().count())
            .max()
            .unwrap_or(0)
    };
    let own = longest(&command["name"], &command["name_localizations"])
        + longest(&command["description"], &command["description_localizations"])
        + command["value"].as_str().map_or(0, |value| value.chars().count());
    let inner = ["options", "choices"].iter().filter_map(|key| command[*key].as_array()).flatten();
    own + inner.map(command_size).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(result: Result<Checked, Refusal>) -> u32 {
        result.map_or_else(|refusal| refusal.code, |_| 0)
    }

    #[test]
    fn messages_are_refused_as_discord_refuses_them() {
        let check = |body: Value| code(message(&body, Route::Channel, false));
        assert_eq!(check(json!({"content": "hi"})), 0);
        assert_eq!(check(json!({"content": ""})), 50006);
        assert_eq!(check(json!({"content": " \n "})), 50006);
        assert_eq!(check(json!({"content": "x".repeat(2000)})), 0);
        assert_eq!(check(json!({"content": "x".repeat(2001)})), 50035);
        assert_eq!(check(json!({"content": "👋".repeat(2000)})), 0);
        let button = |id: &str| json!({"type": 2, "style": 1, "label": "Reply", "custom_id": id});
        let with = |buttons: Vec<Value>| json!({"content": "x", "components": [{"type": 1, "components": buttons}]});
        assert_eq!(check(with(vec![button("a"), button("b")])), 0);
        assert_eq!(check(with(vec![button("a"), button("a")])), 50035);
        assert_eq!(check(with(vec![button(&"a".repeat(101))])), 50035);
        assert_eq!(check(with(vec![])), 50035);
        assert_eq!(check(with((0..6).map(|n| button(&n.to_string())).collect())), 50035);
    }

    #[test]
    fn mentions_ping_unless_they_are_kept_from_it() {
        let pinged = |body: Value, route| message(&body, route, false).unwrap().pinged;
        let content = "@everyone <@12> <@&34> <@!56> <@x>";
        assert_eq!(pinged(json!({"content": content}), Route::Channel), ["@everyone", "<@12>", "<@&34>", "<@!56>"]);
        assert_eq!(pinged(json!({"content": content}), Route::Interaction), ["<@12>", "<@!56>"]);
        let none = json!({"content": content, "allowed_mentions": {"parse": []}});
        assert_eq!(pinged(none, Route::Channel), Vec::<String>::new());
        let one = json!({"content": content, "allowed_mentions": {"parse": [], "users": ["12"]}});
        assert_eq!(pinged(one, Route::Channel), ["<@12>"]);
    }

    #[test]
    fn modals_and_commands_have_their_limits() {
        let input = json!({"type": 4, "custom_id": "body", "style": 2});
        let form = |title: &str, component: &Value| {
            modal(
                &json!({"custom_id": "m", "title": title, "components": [{"type": 18, "label": "Text", "component": component}]}),
            )
        };
        assert!(form("Reply", &input).is_ok());
        assert!(form("", &input).is_err());
        assert!(form(&"x".repeat(46), &input).is_err());
        assert!(form("Reply", &json!({"type": 4, "custom_id": "body", "style": 2, "label": "twice"})).is_err());
        let named = |name: &str| command(&json!({"name": name, "description": "x"}), 0, false);
        assert!(named("new_feature").is_ok());
        assert!(named("Helpme").is_err());
        assert!(named("send to").is_err());
        assert!(command(&json!({"type": 3, "name": "Send to support"}), 0, false).is_ok());
        let localised = |kind: u64, names: Value, descriptions: Value| {
            let description = if kind == 1 { json!("x") } else { Value::Null };
            let whole = json!({"type": kind, "name": "a", "description": description, "name_localizations": names,
                "description_localizations": descriptions});
            command(&whole, 0, false).is_ok()
        };
        assert!(localised(1, json!({"ja": "ヘルプ", "es-419": "función"}), json!({"de": "Hol dir Hilfe"})));
        assert!(localised(1, Value::Null, Value::Null));
        for names in
            [json!({"ja-JP": "ヘルプ"}), json!({"de": "Hilfe"}), json!({"de": "neue funktion"}), json!({"de": 1})]
        {
            assert!(!localised(1, names.clone(), Value::Null), "{names}");
        }
        assert!(
            !localised(1, Value::Null, json!({"de": ""})) && !localised(1, Value::Null, json!({"de": "x".repeat(101)}))
        );
        assert!(localised(3, json!({"de": "An den Support senden"}), Value::Null));
        assert!(!localised(3, Value::Null, json!({"de": "x"})), "what has no description has none in German");
        let options = |choice: Value, names: Value| {
            let option =
                json!({"type": 3, "name": "o", "name_localizations": names, "description": "x", "choices": [choice]});
            command(&json!({"name": "a", "description": "x", "options": [option]}), 0, false).is_ok()
        };
        let choice = |names: Value| json!({"name": "n", "name_localizations": names, "value": "v"});
        assert!(options(choice(json!({"de": "Anderes System"})), json!({"de": "plattform"})));
        assert!(!options(choice(json!({"de": ""})), json!({"de": "plattform"})));
        assert!(!options(choice(Value::Null), json!({"de": "Plattform"})));
        assert!(command(&json!({"name": "a", "description": "x", "integration_types": [1]}), 0, false).is_err());
        let with = |options: Value| command(&json!({"name": "case", "description": "x", "options": options}), 0, false);
        let number = json!({"type": 3, "name": "number", "description": "x", "autocomplete": true});
        let view = json!({"type": 1, "name": "view", "description": "x", "options": [number]});
        assert!(with(json!([view, {"type": 2, "name": "more", "description": "x", "options": [view]}])).is_ok());
        assert!(with(json!([view, number])).is_err());
        assert!(with(json!([{"type": 1, "name": "a", "description": "x", "options": [view]}])).is_err());
        assert!(with(json!([{"type": 2, "name": "a", "description": "x", "options": [number]}])).is_err());
        let choice = |kind: u64, value: Value| {
            with(json!([{"type": kind, "name": "a", "description": "x", "choices": [{"name": "b", "value": value}]}]))
        };
        assert!(choice(3, json!("b")).is_ok() && choice(4, json!(1)).is_ok());
        assert!(choice(3, json!(1)).is_err() && choice(4, json!("b")).is_err() && choice(5, json!(true)).is_err());
    }

    #[test]
    fn form_fields_have_their_limits() {
        let form = |components: Value| modal(&json!({"custom_id": "m", "title": "Report", "components": components}));
        let labelled = |component: Value| json!({"type": 18, "label": "x", "component": component});
        let file =
            |id: usize, most: u64| labelled(json!({"type": 19, "custom_id": id.to_string(), "max_values": most}));
        assert!(form((0..5).map(|id| file(id, 3)).collect()).is_ok());
        assert!(form((0..6).map(|id| file(id, 3)).collect()).is_err());
        assert!(form(json!([file(0, 11)])).is_err());
        let select = |options: &[&str], most: u64| {
            let options: Vec<Value> = options.iter().map(|name| json!({"label": name, "value": name})).collect();
            form(json!([labelled(json!({"type": 3, "custom_id": "s", "options": options, "max_values": most}))]))
        };
        assert!(select(&["a", "b"], 2).is_ok());
        assert!(select(&["a", "b"], 3).is_err());
        assert!(select(&["a", "a"], 1).is_err());
        let text = |preset: &str| {
            form(json!([labelled(
                json!({"type": 4, "custom_id": "t", "style": 1, "min_length": 3, "max_length": 5, "value": preset})
            )]))
        };
        assert!(text("").is_ok() && text("four").is_ok());
        assert!(text("no").is_err() && text("longer").is_err());
    }
}
