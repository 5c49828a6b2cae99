//! What a client makes of the options of a command and the fields of a form, and what it does not let through.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::state::{DiscordState, Person};

/// What a person puts into a field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filled<'a> {
    /// Text; in a select, its only choice.
    Text(&'a str),
    /// Values of a select, radio or checkbox group.
    Select(Vec<&'a str>),
    /// IDs that [`super::DiscordSim::upload`] gave.
    Files(Vec<u64>),
}

/// Objects that values stand for: `data.resolved`.
#[derive(Debug, Default)]
pub(super) struct Resolved(BTreeMap<&'static str, Map<String, Value>>);

impl Resolved {
    fn add(&mut self, kind: &'static str, id: u64, object: Value) {
        self.0.entry(kind).or_default().insert(id.to_string(), object);
    }

    fn add_person(&mut self, state: &DiscordState, guild: Option<u64>, id: u64) {
        self.add("users", id, state.user_object(id));
        if let Some(guild) = guild.filter(|guild| state.guilds.get(guild).is_some_and(|g| g.members.contains_key(&id)))
        {
            // A resolved member carries no user of its own.
            let mut member = state.invoking_member(guild, id);
            if let Some(member) = member.as_object_mut() {
                member.remove("user");
                member.remove("deaf");
                member.remove("mute");
            }
            self.add("members", id, member);
        }
    }

    /// Puts it into an interaction's data, unless there is nothing.
    pub(super) fn into_data(self, data: &mut Value) {
        if !self.0.is_empty() {
            data["resolved"] = json!(self.0);
        }
    }
}

/// Who fills something in, and where.
pub(super) struct Filler<'a> {
    pub(super) state: &'a DiscordState,
    pub(super) person: Person,
    pub(super) guild: Option<u64>,
    /// Nothing is checked: a client that somebody wrote.
    pub(super) force: bool,
}

fn id_of(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn length_of(text: &str) -> u64 {
    text.chars().count() as u64
}

impl Filler<'_> {
    fn refuse(&self, why: impl FnOnce() -> String) -> Result<(), String> {
        if self.force { Ok(()) } else { Err(why()) }
    }

    fn upload(&self, name: &str, id: u64, resolved: &mut Resolved) -> Result<(), String> {
        let size = self.state.claimed_size(id).ok_or_else(|| format!("{name}: there is no file {id}"))?;
        let limit = self.state.user(self.person).map_or(super::files::FILE_MAX, |user| user.upload_limit);
        if size > limit {
            self.refuse(|| format!("{name}: the file is {size} bytes long, more than {limit}"))?;
        }
        resolved.add("attachments", id, self.state.attachment_object(id));
        Ok(())
    }

    // ------------------------------------------------------------------------------------------------------ Commands

    /// The options of a command or subcommand, filled with `values`.
    pub(super) fn options(
        &self,
        wanted: &Value,
        values: &Value,
        resolved: &mut Resolved,
    ) -> Result<Vec<Value>, String> {
        let wanted = wanted.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut filled = Vec::new();
        for option in wanted {
            let name = option["name"].as_str().unwrap_or_default();
            match values.get(name).filter(|value| !value.is_null()) {
                Some(value) => filled.push(self.option(option, value, resolved)?),
                None if option["required"] == true => return Err(format!("the option {name} is required")),
                None => {}
            }
        }
        let mut given = values.as_object().into_iter().flatten();
        match given.find(|(name, _)| !wanted.iter().any(|option| option["name"] == name.as_str())) {
            Some((unknown, _)) => Err(format!("there is no option {unknown}")),
            None => Ok(filled),
        }
    }

    fn option(&self, option: &Value, value: &Value, resolved: &mut Resolved) -> Result<Value, String> {
        let name = option["name"].as_str().unwrap_or_default();
        let kind = option["type"].as_u64().unwrap_or(3);
        let wrong = |what: &str| format!("the option {name} takes {what}, not {value}");
        let id = || id_of(value).ok_or_else(|| wrong("an ID"));
        let mut sent = value.clone();
        match kind {
            3 => {
                let length = length_of(value.as_str().ok_or_else(|| wrong("text"))?);
                let (least, most) =
                    (option["min_length"].as_u64().unwrap_or(0), option["max_length"].as_u64().unwrap_or(6000));
                if length < least || length > most {
                    self.refuse(|| format!("the option {name} takes {least} to {most} characters, not {length}"))?;
                }
            }
            4 | 10 => {
                let number = value.as_f64().filter(|_| kind == 10 || value.is_i64() || value.is_u64());
                let number = number.ok_or_else(|| wrong("a number"))?;
                if option["min_value"].as_f64().is_some_and(|least| number < least)
                    || option["max_value"].as_f64().is_some_and(|most| number > most)
                {
                    self.refuse(|| format!("the option {name} does not take {value}"))?;
                }
            }
            5 if !value.is_boolean() => return Err(wrong("true or false")),
            6 => {
                let id = id()?;
                if !self.state.users.contains_key(&id) && id != self.state.application_id {
                    return Err(format!("there is nobody with the ID {id}"));
                }
                resolved.add_person(self.state, self.guild, id);
                sent = json!(id.to_string());
            }
            7 => {
                let id = id()?;
                resolved.add("channels", id, self.state.channel_object(id));
                sent = json!(id.to_string());
            }
            8 | 9 => sent = json!(id()?.to_string()),
            11 => {
                let id = id()?;
                self.upload(name, id, resolved)?;
                sent = json!(id.to_string());
            }
            _ => {}
        }
        let choices = option["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
        if !choices.is_empty() && !choices.iter().any(|choice| choice["value"] == *value) {
            self.refuse(|| format!("the option {name} has no choice {value}"))?;
        }
        Ok(json!({"name": name, "type": kind, "value": sent}))
    }

    // --------------------------------------------------------------------------------------------------------- Forms

    /// Puts the values into a form's components and turns them into what travels.
    pub(super) fn fill(
        &self,
        components: &mut Value,
        values: &[(&str, Filled<'_>)],
        resolved: &mut Resolved,
    ) -> Result<(), String> {
        for component in components.as_array_mut().into_iter().flatten() {
            let id = component["id"].clone();
            *component = match component["type"].as_u64() {
                Some(18) => {
                    json!({"type": 18, "id": id, "component": self.field(&component["component"], values, resolved)?})
                }
                Some(1) => {
                    let field = self.field(&component["components"][0], values, resolved)?;
                    json!({"type": 1, "id": id, "components": [field]})
                }
                _ => json!({"type": component["type"], "id": id}),
            };
        }
        Ok(())
    }

    fn field(&self, field: &Value, values: &[(&str, Filled<'_>)], resolved: &mut Resolved) -> Result<Value, String> {
        let name = field["custom_id"].as_str().unwrap_or_default();
        let given = values.iter().find(|(field, _)| *field == name).map(|(_, value)| value);
        let mut filled = json!({"type": field["type"], "id": field["id"], "custom_id": name});
        let required = field["required"] != false;
        match field["type"].as_u64() {
            Some(4) => {
                let text = match given {
                    Some(Filled::Text(text)) => *text,
                    None => field["value"].as_str().unwrap_or_default(),
                    Some(other) => return Err(format!("the field {name} takes text, not {other:?}")),
                };
                let length = length_of(text);
                let least = field["min_length"].as_u64().unwrap_or(u64::from(required));
                if (required && length == 0)
                    || (length > 0 && length < least)
                    || length > field["max_length"].as_u64().unwrap_or(4000)
                {
                    self.refuse(|| format!("the field {name} does not take {length} characters"))?;
                }
                if field["style"] == 1 && text.contains('\n') {
                    self.refuse(|| format!("the field {name} is one line"))?;
                }
                filled["value"] = json!(text);
            }
            Some(19) => {
                let files = match given {
                    Some(Filled::Files(files)) => files.as_slice(),
                    None => &[],
                    Some(other) => return Err(format!("the field {name} takes files, not {other:?}")),
                };
                self.count(field, name, files.len(), required)?;
                for file in files {
                    self.upload(name, *file, resolved)?;
                }
                filled["values"] = files.iter().map(u64::to_string).collect();
            }
            Some(23) => filled["value"] = json!(matches!(given, Some(Filled::Text("true")))),
            Some(kind) => {
                let chosen = chosen(field, given, name)?;
                self.count(field, name, chosen.len(), required)?;
                self.resolve_chosen(field, kind, name, &chosen, resolved)?;
                if kind == 21 {
                    filled["value"] = json!(chosen.first());
                } else {
                    filled["values"] = json!(chosen);
                }
            }
            None => {}
        }
        Ok(filled)
    }

    /// The values of a select in a message.
    pub(super) fn selected(&self, select: &Value, values: &[&str], resolved: &mut Resolved) -> Result<(), String> {
        let name = select["custom_id"].as_str().unwrap_or_default();
        let kind = select["type"].as_u64().unwrap_or(0);
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        self.count(select, name, values.len(), select["min_values"] != 0)?;
        self.resolve_chosen(select, kind, name, &values, resolved)
    }

    fn resolve_chosen(
        &self,
        field: &Value,
        kind: u64,
        name: &str,
        chosen: &[String],
        resolved: &mut Resolved,
    ) -> Result<(), String> {
        match kind {
            3 | 21 | 22 => {
                let options = field["options"].as_array().map(Vec::as_slice).unwrap_or_default();
                let offered = |value: &String| options.iter().any(|option| option["value"] == value.as_str());
                if let Some(value) = chosen.iter().find(|value| !offered(value)) {
                    self.refuse(|| format!("the field {name} has no such option as {value}"))?;
                }
            }
            5 => {
                for id in chosen.iter().filter_map(|id| id.parse().ok()) {
                    resolved.add_person(self.state, self.guild, id);
                }
            }
            8 => {
                for id in chosen.iter().filter_map(|id| id.parse().ok()) {
                    resolved.add("channels", id, self.state.channel_object(id));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether so many values are few and many enough. What is not required may be left out altogether.
    fn count(&self, field: &Value, name: &str, count: usize, required: bool) -> Result<(), String> {
        let (least, most) = (field["min_values"].as_u64().unwrap_or(1), field["max_values"].as_u64().unwrap_or(1));
        let most =
            if field["type"] == 22 { most.max(field["options"].as_array().map_or(1, Vec::len) as u64) } else { most };
        let count = count as u64;
        if count == 0 && required && least > 0 {
            return self.refuse(|| format!("the field {name} is required"));
        }
        if count > most || (count > 0 && count < least) {
            return self.refuse(|| format!("the field {name} takes {least} to {most} values, not {count}"));
        }
        Ok(())
    }
}

/// The values that are chosen, or were beforehand.
fn chosen(field: &Value, given: Option<&Filled<'_>>, name: &str) -> Result<Vec<String>, String> {
    let owned = |value: &&str| (*value).to_owned();
    match given {
        Some(Filled::Text(value)) => Ok(vec![(*value).to_owned()]),
        Some(Filled::Select(values)) => Ok(values.iter().map(owned).collect()),
        Some(Filled::Files(_)) => Err(format!("the field {name} takes no files")),
        None => {
            let options = field["options"].as_array().into_iter().flatten();
            let preset = options.filter(|option| option["default"] == true);
            Ok(preset.filter_map(|option| option["value"].as_str().map(str::to_owned)).collect())
        }
    }
}

/// Types and names of the groups and subcommands that lead to options.
pub(super) type Way = Vec<(u64, String)>;

/// The command or subcommand behind a name such as `case view`: what the options are filled into, and the way there.
pub(super) fn descend<'a>(command: &'a Value, path: &[&str]) -> Result<(&'a Value, Way), String> {
    let (mut at, mut way) = (command, Vec::new());
    for name in path {
        let options = at["options"].as_array().into_iter().flatten();
        let inner = options
            .into_iter()
            .find(|option| option["name"] == *name && matches!(option["type"].as_u64(), Some(1 | 2)));
        at = inner.ok_or_else(|| format!("there is no subcommand {name}"))?;
        way.push((at["type"].as_u64().unwrap_or(1), (*name).to_owned()));
    }
    let nested =
        at["options"].as_array().into_iter().flatten().any(|option| matches!(option["type"].as_u64(), Some(1 | 2)));
    if nested { Err("a command with subcommands cannot be used by itself".to_owned()) } else { Ok((at, way)) }
}

/// Wraps filled options in the subcommands that lead to them.
pub(super) fn wrapped(way: &[(u64, String)], options: Vec<Value>) -> Vec<Value> {
    way.iter().rev().fold(options, |inner, (kind, name)| {
        let mut outer = json!({"name": name, "type": kind});
        if !inner.is_empty() {
            outer["options"] = json!(inner);
        }
        vec![outer]
    })
}
