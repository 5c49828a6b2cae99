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
}

/// Checks a message body. An empty one is refused unless something else of the message stays (`may_be_empty`).
pub fn message(body: &Value, route: Route, may_be_empty: bool) -> Result<Checked, Refusal> {
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
        && body["poll"].is_null()
        && !filled(&body.get("attachments").cloned())
        && !filled(&body.get("sticker_ids").cloned());
    if empty && !may_be_empty {
        return Err(Refusal::new(400, 50006, "Cannot send an empty message"));
    }
    let allowed = body.get("allowed_mentions").filter(|allowed| !allowed.is_null());
    let pinged = pings(content.as_deref().unwrap_or_default(), allowed, route)?;
    Ok(Checked { content, embeds, components, flags, pinged, mentions_limited: allowed.is_some() })
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
    for (at, option) in options.iter().enumerate() {
        for name in ["label", "value"] {
            let length = option[name].as_str().map_or(0, |text| text.chars().count());
            if !(1..=100).contains(&length) {
                return Err(Refusal::length(&format!("{field}.options.{at}.{name}"), "between 1 and 100"));
            }
        }
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
            Some(10) => {}
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
        Some(5..=8 | 19 | 21..=23) => check_custom_id(inner, &field, seen),
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
    check_command_options(&command["options"], &field("options"))?;
    if command_size(command) > 8000 {
        return Err(Refusal::form(
            &at.to_string(),
            "APPLICATION_COMMAND_TOO_LARGE",
            "Command exceeds maximum size (8000)",
        ));
    }
    Ok(())
}

fn check_command_options(options: &Value, field: &str) -> Result<(), Refusal> {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    if options.len() > 25 {
        return Err(Refusal::length(field, "25 or fewer"));
    }
    let (mut names, mut optional_seen) = (HashSet::new(), false);
    for (at, option) in options.iter().enumerate() {
        let field = |name: &str| format!("{field}.{at}.{name}");
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
        optional_seen |= !required;
        let choices = option["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
        if choices.len() > 25 {
            return Err(Refusal::length(&field("choices"), "25 or fewer"));
        }
        for bound in ["min_length", "max_length"] {
            if option[bound].as_u64().is_some_and(|n| n > 6000) {
                return Err(Refusal::form(
                    &field(bound),
                    "NUMBER_TYPE_MAX",
                    "int value should be less than or equal to 6000.",
                ));
            }
        }
        if matches!(option["type"].as_u64(), Some(1 | 2)) {
            check_command_options(&option["options"], &field("options"))?;
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
        assert!(command(&json!({"name": "a", "description": "x", "integration_types": [1]}), 0, false).is_err());
    }
}
