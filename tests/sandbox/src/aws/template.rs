//! Reads `template.yaml`: YAML with CloudFormation's tags, parameters, conditions, mappings and intrinsic functions.
//!
//! Loading settles everything that needs no deployed resource: parameters, conditions, mappings, `Fn::If` and the text of
//! `Fn::Sub`. What remains are `Ref` and `Fn::GetAtt` of resources inside `Fn::Join`, `Fn::Select` and `Fn::Split`, which
//! [`resolve`] finishes as the resources come to be.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, anyhow, bail, ensure};
use saphyr::{LoadableYamlNode as _, ScalarOwned, YamlOwned};
use serde_json::{Map, Value, json};

/// A template with its parameters, conditions and mappings settled.
#[derive(Debug, Clone)]
pub struct Template {
    /// The resources whose condition holds, by logical ID.
    pub resources: BTreeMap<String, Resource>,
    /// The outputs whose condition holds, by name; their `Value` may still refer to resources.
    pub outputs: BTreeMap<String, Value>,
    /// The value of each parameter, for messages and tests.
    pub parameters: BTreeMap<String, Value>,
}

/// One resource.
#[derive(Debug, Clone)]
pub struct Resource {
    /// `AWS::SQS::Queue`, `Custom::Setup`, ...
    pub kind: String,
    /// Its properties, with `Globals` merged in; may still refer to other resources.
    pub properties: Value,
    /// Its metadata, where SAM keeps the build method.
    pub metadata: Value,
    /// Logical IDs that it waits for: `DependsOn` and every reference.
    pub depends_on: BTreeSet<String>,
}

/// What deployed resources answer to `Ref` and `Fn::GetAtt`.
pub trait Attributes {
    /// The value of `Ref`.
    fn reference(&self, logical_id: &str) -> anyhow::Result<Value>;
    /// The value of `Fn::GetAtt`.
    fn attribute(&self, logical_id: &str, name: &str) -> anyhow::Result<Value>;
}

/// The pseudo parameters of the sandbox.
const PSEUDO_PARAMETERS: [(&str, &str); 6] = [
    ("AWS::StackName", super::STACK),
    ("AWS::Region", super::REGION),
    ("AWS::AccountId", super::ACCOUNT),
    ("AWS::Partition", "aws"),
    ("AWS::URLSuffix", "amazonaws.com"),
    ("AWS::StackId", super::STACK_ID),
];

const SECTIONS: [&str; 11] = [
    "AWSTemplateFormatVersion",
    "Transform",
    "Description",
    "Metadata",
    "Globals",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
];

impl Template {
    /// Reads a template.
    ///
    /// `values` are parameter values by the parameter's name, or by its name as a variable (`DISCORD_API_URL` for
    /// `DiscordApiUrl`).
    ///
    /// # Errors
    ///
    /// Names the place in the template that is wrong.
    pub fn load(yaml: &str, values: &BTreeMap<String, String>) -> anyhow::Result<Self> {
        let mut documents = YamlOwned::load_from_str(yaml).context("template is not YAML")?;
        ensure!(documents.len() == 1, "template holds {} YAML documents, not one", documents.len());
        let root = from_yaml(documents.remove(0))?;
        let root = root.as_object().context("template is not a mapping")?;
        for section in root.keys() {
            ensure!(SECTIONS.contains(&section.as_str()), "template has an unknown section {section}");
        }
        let section = |name: &str| root.get(name).cloned().unwrap_or_else(|| json!({}));

        let mut scope = Scope {
            parameters: parameters(&section("Parameters"), values)?,
            conditions: object(&section("Conditions"), "Conditions")?.clone(),
            mappings: section("Mappings"),
            resources: BTreeSet::new(),
        };
        let names: Vec<String> = scope.conditions.keys().cloned().collect();
        for name in names {
            scope.condition(&name).with_context(|| format!("Conditions.{name}"))?;
        }

        let globals = section("Globals");
        for name in object(&globals, "Globals")?.keys() {
            ensure!(name == "Function", "Globals.{name} is not known to the sandbox");
        }
        let resources = section("Resources");
        let resources = object(&resources, "Resources")?;
        scope.resources = resources.keys().cloned().collect();
        let mut settled = BTreeMap::new();
        for (id, resource) in resources {
            if let Some(resource) = scope.resource(resource, &globals).with_context(|| format!("Resources.{id}"))? {
                settled.insert(id.clone(), resource);
            }
        }
        let mut outputs = BTreeMap::new();
        for (name, output) in object(&section("Outputs"), "Outputs")? {
            let holds = match output.get("Condition") {
                Some(Value::String(condition)) => scope.condition(condition)?,
                _ => true,
            };
            let value = output.get("Value").with_context(|| format!("Outputs.{name} has no Value"))?;
            if holds && let Some(value) = scope.settle(value).with_context(|| format!("Outputs.{name}"))? {
                outputs.insert(name.clone(), value);
            }
        }
        let template = Self { resources: settled, outputs, parameters: scope.parameters };
        template.check_references()?;
        Ok(template)
    }

    /// The logical IDs in an order in which everything comes after what it refers to.
    ///
    /// # Errors
    ///
    /// Names the resources that refer to each other in a circle, as CloudFormation does.
    pub fn order(&self) -> anyhow::Result<Vec<String>> {
        let mut waiting: BTreeMap<&str, &BTreeSet<String>> =
            self.resources.iter().map(|(id, resource)| (id.as_str(), &resource.depends_on)).collect();
        let mut order: Vec<String> = Vec::new();
        while !waiting.is_empty() {
            let ready: Vec<&str> = waiting
                .iter()
                .filter(|(_, needs)| !needs.iter().any(|need| waiting.contains_key(need.as_str())))
                .map(|(id, _)| *id)
                .collect();
            if ready.is_empty() {
                let circle: Vec<&str> = waiting.keys().copied().collect();
                bail!("circular dependency between resources: [{}]", circle.join(", "));
            }
            for id in ready {
                waiting.remove(id);
                order.push(id.to_owned());
            }
        }
        Ok(order)
    }

    fn check_references(&self) -> anyhow::Result<()> {
        for (id, resource) in &self.resources {
            for target in &resource.depends_on {
                ensure!(
                    self.resources.contains_key(target),
                    "Resources.{id} refers to {target}, which the template does not create"
                );
                ensure!(target != id, "Resources.{id} refers to itself");
            }
        }
        for (name, value) in &self.outputs {
            let mut targets = BTreeSet::new();
            references(value, &mut targets);
            for target in targets {
                let owner = owner(&target, |id| self.resources.contains_key(id));
                ensure!(owner.is_some(), "Outputs.{name} refers to {target}, which the template does not create");
            }
        }
        Ok(())
    }
}

/// Finishes a settled value with what the deployed resources answer.
pub fn resolve(value: &Value, attributes: &dyn Attributes) -> anyhow::Result<Value> {
    match value {
        Value::Array(items) => items.iter().map(|item| resolve(item, attributes)).collect(),
        Value::Object(fields) => {
            if let Some((function, argument)) = intrinsic(fields) {
                return call(function, argument, attributes);
            }
            let mut resolved = Map::new();
            for (key, value) in fields {
                resolved.insert(key.clone(), resolve(value, attributes).with_context(|| key.clone())?);
            }
            Ok(Value::Object(resolved))
        }
        other => Ok(other.clone()),
    }
}

fn call(function: &str, argument: &Value, attributes: &dyn Attributes) -> anyhow::Result<Value> {
    match function {
        "Ref" => attributes.reference(text(argument)?),
        "Fn::GetAtt" => {
            let (id, name) = get_att(argument)?;
            attributes.attribute(&id, &name)
        }
        _ => apply(function, &resolve(argument, attributes)?),
    }
}

/// The functions that need no scope: `Join`, `Select`, `Split`, `Base64`, over plain values.
fn apply(function: &str, argument: &Value) -> anyhow::Result<Value> {
    let pair = || {
        let items = argument.as_array().filter(|items| items.len() == 2);
        items.map(|items| (&items[0], &items[1])).with_context(|| format!("{function} takes a list of two"))
    };
    match function {
        "Fn::Join" => {
            let (separator, items) = pair()?;
            let items = items.as_array().context("Fn::Join takes a list to join")?;
            let items = items.iter().map(scalar).collect::<anyhow::Result<Vec<_>>>()?;
            Ok(Value::String(items.join(text(separator)?)))
        }
        "Fn::Split" => {
            let (separator, whole) = pair()?;
            Ok(text(whole)?.split(text(separator)?).map(str::to_owned).collect())
        }
        "Fn::Select" => {
            let (index, items) = pair()?;
            let index: usize = scalar(index)?.parse().context("Fn::Select takes an index")?;
            let items = items.as_array().context("Fn::Select takes a list")?;
            items.get(index).cloned().with_context(|| format!("Fn::Select: {index} is not an index of the list"))
        }
        "Fn::Base64" => {
            use base64::Engine as _;
            Ok(Value::String(base64::engine::general_purpose::STANDARD.encode(text(argument)?)))
        }
        other => bail!("{other} is not known to the sandbox"),
    }
}

/// Puts every logical ID that a settled value refers to into `into`.
fn references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, into)),
        Value::Object(fields) => match intrinsic(fields) {
            Some(("Ref", Value::String(id))) => {
                into.insert(id.clone());
            }
            Some(("Fn::GetAtt", argument)) => {
                if let Ok((id, _)) = get_att(argument) {
                    into.insert(id);
                }
            }
            _ => fields.values().for_each(|value| references(value, into)),
        },
        _ => {}
    }
}

/// The resource of the template that brings `id` along: itself, or the function whose URL or role it is.
///
/// See [SAM Docs/Generated resources].
pub(crate) fn owner(id: &str, exists: impl Fn(&str) -> bool) -> Option<&str> {
    if exists(id) {
        return Some(id);
    }
    GENERATED.iter().filter_map(|suffix| id.strip_suffix(suffix)).find(|function| exists(function))
}

/// What SAM makes of a function, as suffixes of its logical ID.
const GENERATED: [&str; 4] = ["Url", "Role", "UrlPublicPermissions", "URLInvokeAllowPublicAccess"];

struct Scope {
    parameters: BTreeMap<String, Value>,
    conditions: Map<String, Value>,
    mappings: Value,
    resources: BTreeSet<String>,
}

impl Scope {
    fn resource(&self, resource: &Value, globals: &Value) -> anyhow::Result<Option<Resource>> {
        let fields = resource.as_object().context("is not a mapping")?;
        for key in fields.keys() {
            ensure!(
                matches!(
                    key.as_str(),
                    "Type"
                        | "Properties"
                        | "Metadata"
                        | "DependsOn"
                        | "Condition"
                        | "DeletionPolicy"
                        | "UpdateReplacePolicy"
                ),
                "unknown key {key}"
            );
        }
        if let Some(condition) = fields.get("Condition")
            && !self.condition(text(condition)?)?
        {
            return Ok(None);
        }
        let kind = text(fields.get("Type").context("has no Type")?)?.to_owned();
        let mut properties = fields.get("Properties").cloned().unwrap_or_else(|| json!({}));
        if kind == "AWS::Serverless::Function"
            && let Some(defaults) = globals.get("Function")
        {
            properties = merge(defaults, &properties);
        }
        let properties = self.settle(&properties)?.unwrap_or_else(|| json!({}));
        let metadata = fields.get("Metadata").map(|metadata| self.settle(metadata)).transpose()?.flatten();
        let mut targets = BTreeSet::new();
        references(&properties, &mut targets);
        match fields.get("DependsOn") {
            Some(Value::String(id)) => drop(targets.insert(id.clone())),
            Some(Value::Array(ids)) => {
                for id in ids {
                    targets.insert(text(id)?.to_owned());
                }
            }
            Some(_) => bail!("DependsOn is neither a logical ID nor a list"),
            None => {}
        }
        let depends_on =
            targets.iter().map(|id| owner(id, |id| self.resources.contains(id)).unwrap_or(id).to_owned()).collect();
        Ok(Some(Resource { kind, properties, metadata: metadata.unwrap_or(Value::Null), depends_on }))
    }

    /// Whether a condition of the template holds.
    fn condition(&self, name: &str) -> anyhow::Result<bool> {
        let condition = self.conditions.get(name).with_context(|| format!("condition {name} does not exist"))?;
        self.holds(condition)
    }

    fn holds(&self, condition: &Value) -> anyhow::Result<bool> {
        let fields = condition.as_object().context("is not a condition")?;
        let (function, argument) = intrinsic(fields).context("is not a condition")?;
        let items = || argument.as_array().with_context(|| format!("{function} takes a list"));
        match function {
            "Condition" => self.condition(text(argument)?),
            "Fn::Equals" => {
                let items = items()?;
                ensure!(items.len() == 2, "Fn::Equals takes two values");
                let left = self.settle(&items[0])?.context("Fn::Equals: no value")?;
                let right = self.settle(&items[1])?.context("Fn::Equals: no value")?;
                Ok(scalar(&left)? == scalar(&right)?)
            }
            "Fn::Not" => {
                let items = items()?;
                ensure!(items.len() == 1, "Fn::Not takes one condition");
                Ok(!self.holds(&items[0])?)
            }
            "Fn::And" => items()?.iter().try_fold(true, |all, item| Ok(self.holds(item)? && all)),
            "Fn::Or" => items()?.iter().try_fold(false, |any, item| Ok(self.holds(item)? || any)),
            other => bail!("{other} is not a condition"),
        }
    }

    /// A value with parameters, conditions and mappings settled. `None` is `AWS::NoValue`.
    fn settle(&self, value: &Value) -> anyhow::Result<Option<Value>> {
        match value {
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| self.settle(item)).collect::<anyhow::Result<_>>()?;
                Ok(Some(Value::Array(items.into_iter().flatten().collect())))
            }
            Value::Object(fields) => {
                if let Some((function, argument)) = intrinsic(fields) {
                    return self.settle_call(function, argument);
                }
                let mut settled = Map::new();
                for (key, value) in fields {
                    if let Some(value) = self.settle(value).with_context(|| key.clone())? {
                        settled.insert(key.clone(), value);
                    }
                }
                Ok(Some(Value::Object(settled)))
            }
            other => Ok(Some(other.clone())),
        }
    }

    fn settle_call(&self, function: &str, argument: &Value) -> anyhow::Result<Option<Value>> {
        match function {
            "Ref" => self.settle_reference(text(argument)?),
            "Fn::GetAtt" => {
                let (id, name) = get_att(argument)?;
                Ok(Some(json!({"Fn::GetAtt": [id, name]})))
            }
            "Fn::If" => {
                let branches =
                    argument.as_array().filter(|items| items.len() == 3).context("Fn::If takes a list of three")?;
                let holds = self.condition(text(&branches[0])?)?;
                self.settle(&branches[if holds { 1 } else { 2 }])
            }
            "Fn::Sub" => self.settle_sub(argument).map(Some),
            "Fn::FindInMap" => {
                let argument = self.settle(argument)?.unwrap_or_default();
                let keys = argument
                    .as_array()
                    .filter(|keys| keys.len() == 3)
                    .context("Fn::FindInMap takes a list of three")?;
                let (map, top, second) = (scalar(&keys[0])?, scalar(&keys[1])?, scalar(&keys[2])?);
                let found = self.mappings.get(&map).and_then(|map| map.get(&top)).and_then(|entry| entry.get(&second));
                Ok(Some(found.with_context(|| format!("Fn::FindInMap: {map}.{top}.{second} does not exist"))?.clone()))
            }
            "Condition" => bail!("Condition stands where no condition belongs"),
            _ => {
                let argument = self.settle(argument)?.unwrap_or_default();
                let mut open = BTreeSet::new();
                references(&argument, &mut open);
                if open.is_empty() {
                    // Arguments may themselves hold calls that are only waiting to be made.
                    return resolve(&json!({ function: argument }), &NoAttributes).map(Some);
                }
                Ok(Some(json!({ function: argument })))
            }
        }
    }

    fn settle_reference(&self, name: &str) -> anyhow::Result<Option<Value>> {
        if name == "AWS::NoValue" {
            return Ok(None);
        }
        if name == "AWS::NotificationARNs" {
            return Ok(Some(json!([])));
        }
        if let Some((_, value)) = PSEUDO_PARAMETERS.iter().find(|(pseudo, _)| *pseudo == name) {
            return Ok(Some(json!(value)));
        }
        if let Some(value) = self.parameters.get(name) {
            return Ok(Some(value.clone()));
        }
        ensure!(!name.starts_with("AWS::"), "{name} is not a pseudo parameter");
        ensure!(
            owner(name, |id| self.resources.contains(id)).is_some(),
            "{name} is neither a parameter nor a resource"
        );
        Ok(Some(json!({ "Ref": name })))
    }

    /// `Fn::Sub` becomes text, or a `Fn::Join` of text and references.
    fn settle_sub(&self, argument: &Value) -> anyhow::Result<Value> {
        let empty = Map::new();
        let (pattern, variables) = match argument {
            Value::String(pattern) => (pattern.as_str(), &empty),
            Value::Array(items) if items.len() == 2 => {
                (text(&items[0])?, items[1].as_object().context("Fn::Sub takes a mapping of variables")?)
            }
            _ => bail!("Fn::Sub takes a text, or a list of a text and a mapping"),
        };
        let mut parts: Vec<Value> = Vec::new();
        let mut rest = pattern;
        while let Some(start) = rest.find("${") {
            let end =
                start + rest[start..].find('}').with_context(|| format!("Fn::Sub: ${{ without }} in {pattern:?}"))?;
            parts.push(json!(rest[..start]));
            let name = rest[start + 2..end].trim();
            let part = if let Some(literal) = name.strip_prefix('!') {
                json!(format!("${{{literal}}}"))
            } else if let Some(value) = variables.get(name) {
                self.settle(value)?.context("Fn::Sub: no value")?
            } else if let Some((id, attribute)) = name.split_once('.') {
                ensure!(
                    owner(id, |id| self.resources.contains(id)).is_some(),
                    "Fn::Sub: {id} is not a resource of the template"
                );
                json!({"Fn::GetAtt": [id, attribute]})
            } else {
                self.settle_reference(name)?.context("Fn::Sub: no value")?
            };
            parts.push(part);
            rest = &rest[end + 1..];
        }
        parts.push(json!(rest));
        if parts.iter().all(|part| !part.is_object()) {
            return apply("Fn::Join", &json!(["", parts]));
        }
        Ok(json!({"Fn::Join": ["", parts]}))
    }
}

struct NoAttributes;

impl Attributes for NoAttributes {
    fn reference(&self, logical_id: &str) -> anyhow::Result<Value> {
        Err(anyhow!("{logical_id} is not deployed"))
    }

    fn attribute(&self, logical_id: &str, _name: &str) -> anyhow::Result<Value> {
        self.reference(logical_id)
    }
}

fn parameters(declared: &Value, values: &BTreeMap<String, String>) -> anyhow::Result<BTreeMap<String, Value>> {
    let mut parameters = BTreeMap::new();
    for (name, declaration) in object(declared, "Parameters")? {
        let place = || format!("Parameters.{name}");
        for key in object(declaration, name)?.keys() {
            ensure!(
                matches!(
                    key.as_str(),
                    "Type"
                        | "Default"
                        | "Description"
                        | "NoEcho"
                        | "AllowedValues"
                        | "AllowedPattern"
                        | "ConstraintDescription"
                        | "MinLength"
                        | "MaxLength"
                        | "MinValue"
                        | "MaxValue"
                ),
                "Parameters.{name}: unknown key {key}"
            );
        }
        let given = values.get(name).or_else(|| values.get(&variable_name(name)));
        let value = match (given, declaration.get("Default")) {
            (Some(value), _) => value.clone(),
            (None, Some(default)) => scalar(default).with_context(place)?,
            (None, None) => bail!("Parameters.{name} has no default and no value (set {})", variable_name(name)),
        };
        if let Some(allowed) = declaration.get("AllowedValues").and_then(Value::as_array) {
            let allowed = allowed.iter().map(scalar).collect::<anyhow::Result<Vec<_>>>().with_context(place)?;
            ensure!(allowed.contains(&value), "Parameters.{name} has to be one of {allowed:?}");
        }
        if let Some(pattern) = declaration.get("AllowedPattern").and_then(Value::as_str) {
            let pattern = regex::Regex::new(&format!("^(?:{pattern})$")).with_context(place)?;
            ensure!(pattern.is_match(&value), "Parameters.{name} ({}) does not match {pattern}", variable_name(name));
        }
        let length = value.chars().count() as u64;
        let limit = |key: &str| declaration.get(key).and_then(Value::as_u64);
        ensure!(
            limit("MinLength").is_none_or(|least| length >= least),
            "Parameters.{name} ({}) is too short",
            variable_name(name)
        );
        ensure!(
            limit("MaxLength").is_none_or(|most| length <= most),
            "Parameters.{name} ({}) is too long",
            variable_name(name)
        );
        let kind = declaration
            .get("Type")
            .and_then(Value::as_str)
            .with_context(|| format!("Parameters.{name} has no Type"))?;
        let value = match kind {
            "CommaDelimitedList" => value.split(',').map(|item| json!(item.trim())).collect(),
            "String" => json!(value),
            "Number" => {
                ensure!(value.parse::<f64>().is_ok(), "Parameters.{name} has to be a number");
                json!(value)
            }
            other => bail!("Parameters.{name}: type {other} is not known to the sandbox"),
        };
        parameters.insert(name.clone(), value);
    }
    Ok(parameters)
}

/// `DiscordApiUrl` as a variable: `DISCORD_API_URL`.
pub fn variable_name(parameter: &str) -> String {
    let mut name = String::new();
    let mut previous_lower = false;
    for letter in parameter.chars() {
        if letter.is_ascii_uppercase() && previous_lower {
            name.push('_');
        }
        previous_lower = !letter.is_ascii_uppercase();
        name.push(letter.to_ascii_uppercase());
    }
    name
}

/// SAM's merge of `Globals` into a resource: mappings merge, lists are joined, anything else is replaced.
fn merge(global: &Value, local: &Value) -> Value {
    match (global, local) {
        (Value::Object(global), Value::Object(local)) if intrinsic(global).is_none() && intrinsic(local).is_none() => {
            let mut merged = global.clone();
            for (key, value) in local {
                let value = merged.get(key).map_or_else(|| value.clone(), |default| merge(default, value));
                merged.insert(key.clone(), value);
            }
            Value::Object(merged)
        }
        (Value::Array(global), Value::Array(local)) => global.iter().chain(local).cloned().collect(),
        (_, local) => local.clone(),
    }
}

/// The intrinsic function that a mapping is, if it is one.
fn intrinsic(fields: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = fields.iter().next().filter(|_| fields.len() == 1)?;
    // `Condition` is also a key of policy statements, where its value is a mapping.
    let is_function = name == "Ref" || name.starts_with("Fn::") || (name == "Condition" && argument.is_string());
    is_function.then_some((name.as_str(), argument))
}

fn get_att(argument: &Value) -> anyhow::Result<(String, String)> {
    match argument {
        Value::String(both) => {
            let (id, name) = both.split_once('.').with_context(|| format!("Fn::GetAtt {both:?} has no dot"))?;
            Ok((id.to_owned(), name.to_owned()))
        }
        Value::Array(parts) if parts.len() == 2 => Ok((text(&parts[0])?.to_owned(), text(&parts[1])?.to_owned())),
        _ => bail!("Fn::GetAtt takes a logical ID and an attribute"),
    }
}

fn object<'a>(value: &'a Value, place: &str) -> anyhow::Result<&'a Map<String, Value>> {
    value.as_object().with_context(|| format!("{place} is not a mapping"))
}

fn text(value: &Value) -> anyhow::Result<&str> {
    value.as_str().with_context(|| format!("{value} is not text"))
}

/// Scalars as CloudFormation writes them where it needs text.
pub(crate) fn scalar(value: &Value) -> anyhow::Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        other => bail!("{other} is not a scalar"),
    }
}

/// YAML to JSON, short tags to their long forms.
fn from_yaml(node: YamlOwned) -> anyhow::Result<Value> {
    Ok(match node {
        YamlOwned::Value(ScalarOwned::String(text)) | YamlOwned::Representation(text, _, None) => Value::String(text),
        YamlOwned::Value(ScalarOwned::Null) => Value::Null,
        YamlOwned::Value(ScalarOwned::Boolean(flag)) => Value::Bool(flag),
        YamlOwned::Value(ScalarOwned::Integer(number)) => json!(number),
        YamlOwned::Value(ScalarOwned::FloatingPoint(number)) => json!(number.into_inner()),
        YamlOwned::Sequence(items) => items.into_iter().map(from_yaml).collect::<anyhow::Result<_>>()?,
        YamlOwned::Mapping(fields) => {
            let mut object = Map::new();
            for (key, value) in fields {
                let key = scalar(&from_yaml(key)?).context("a mapping's key is not a scalar")?;
                let value = from_yaml(value).with_context(|| key.clone())?;
                object.insert(key, value);
            }
            Value::Object(object)
        }
        YamlOwned::Tagged(tag, node) => {
            let value = from_yaml(*node)?;
            if tag.is_yaml_core_schema() {
                return Ok(value);
            }
            let long = match tag.suffix.as_str() {
                "Ref" => "Ref".to_owned(),
                "Condition" => "Condition".to_owned(),
                "GetAtt" => {
                    let (id, name) = get_att(&value)?;
                    return Ok(json!({"Fn::GetAtt": [id, name]}));
                }
                "Sub" | "If" | "Join" | "Select" | "Split" | "Equals" | "Not" | "And" | "Or" | "FindInMap"
                | "Base64" => {
                    format!("Fn::{}", tag.suffix)
                }
                other => bail!("tag !{other} is not known to the sandbox"),
            };
            json!({ long: value })
        }
        YamlOwned::Representation(text, _, Some(tag)) => bail!("cannot read {text:?} with tag {}", tag.suffix),
        YamlOwned::Alias(_) | YamlOwned::BadValue => bail!("holds a value that is not YAML"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parameters that `up` has options for, or that nothing here depends on.
    const NOT_VARIABLES: [&str; 5] =
        ["ALARM_EMAIL", "ARCHITECTURE", "DISCORD_API_URL", "LOG_RETENTION_DAYS", "TWILIO_API_URL"];

    #[test]
    fn every_parameter_can_be_set_by_its_variable() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
        let mut documents = YamlOwned::load_from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let root = from_yaml(documents.remove(0)).unwrap();
        let declared: BTreeSet<String> =
            root["Parameters"].as_object().unwrap().keys().map(|n| variable_name(n)).collect();
        let known = crate::sandbox::VARIABLES.into_iter().chain(NOT_VARIABLES).map(str::to_owned);
        assert_eq!(declared, known.collect());
    }

    struct Named;

    impl Attributes for Named {
        fn reference(&self, logical_id: &str) -> anyhow::Result<Value> {
            Ok(json!(format!("ref-{logical_id}")))
        }

        fn attribute(&self, logical_id: &str, name: &str) -> anyhow::Result<Value> {
            Ok(json!(format!("att-{logical_id}-{name}")))
        }
    }

    const HEAD: &str = r"
Parameters:
  Stage: { Type: String, Default: test }
  Hosts: { Type: CommaDelimitedList, Default: 'a.example, b.example' }
  Limit: { Type: Number, Default: 5 }
Mappings:
  Memory: { test: { Size: 128 }, live: { Size: 512 } }
Conditions:
  IsLive: !Equals [!Ref Stage, live]
  IsTest: !Not [!Condition IsLive]
  Both: !And [!Condition IsLive, !Condition IsTest]
  Either: !Or [!Condition IsLive, !Condition IsTest]
Resources:
  Queue: { Type: 'AWS::SQS::Queue' }
  Worker: { Type: 'AWS::Serverless::Function' }
  Thing:
    Type: Custom::Thing
    Properties:
      Value: ";

    /// One property's value in a small template, settled and resolved.
    fn check(value: &str, expected: &Value) {
        let template = Template::load(&format!("{HEAD}{value}\n"), &BTreeMap::new()).unwrap();
        let found = resolve(&template.resources["Thing"].properties, &Named).unwrap();
        assert_eq!(found.get("Value").unwrap_or(&Value::Null), expected, "{value}");
    }

    #[test]
    fn intrinsic_functions_give_what_cloudformation_gives() {
        check("!Ref Stage", &json!("test"));
        check("!Ref Queue", &json!("ref-Queue"));
        check("{ Ref: AWS::Region }", &json!("us-east-1"));
        check("!Ref AWS::NoValue", &Value::Null);
        check("!GetAtt Queue.Arn", &json!("att-Queue-Arn"));
        check("{ 'Fn::GetAtt': [Queue, Arn] }", &json!("att-Queue-Arn"));
        check("!GetAtt WorkerUrl.FunctionUrl", &json!("att-WorkerUrl-FunctionUrl"));
        check("!Sub '${AWS::StackName}-${Stage}'", &json!("sandbox-test"));
        check("!Sub '${Queue.Arn}/${Queue}/${!kept}'", &json!("att-Queue-Arn/ref-Queue/${kept}"));
        check("!Sub ['${a}-${Stage}', { a: !GetAtt Queue.Arn }]", &json!("att-Queue-Arn-test"));
        check("!Join ['-', [x, !Ref Queue, 3]]", &json!("x-ref-Queue-3"));
        check("!Select [1, !Split ['-', !GetAtt Queue.Arn]]", &json!("Queue"));
        check("!Select [1, !Ref Hosts]", &json!("b.example"));
        check("!FindInMap [Memory, !Ref Stage, Size]", &json!(128));
        check("!If [IsLive, [live], [test, !Ref AWS::NoValue]]", &json!(["test"]));
        check("!If [Both, 1, !If [Either, 2, 3]]", &json!(2));
        check("!Ref Limit", &json!("5"));
    }

    #[test]
    fn a_value_given_replaces_the_default_by_either_name() {
        for name in ["Stage", "STAGE"] {
            let values = BTreeMap::from([(name.to_owned(), "live".to_owned())]);
            let template = Template::load(&format!("{HEAD}!FindInMap [Memory, !Ref Stage, Size]"), &values).unwrap();
            assert_eq!(template.resources["Thing"].properties, json!({"Value": 512}));
        }
        assert_eq!(variable_name("TwilioApiUrl"), "TWILIO_API_URL");
        assert_eq!(variable_name("TwilioConversationsServiceSid"), "TWILIO_CONVERSATIONS_SERVICE_SID");
        assert_eq!(variable_name("PublicBaseURL"), "PUBLIC_BASE_URL");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refused = |value: &str, expected: &str| {
            let error = Template::load(&format!("{HEAD}{value}\n"), &BTreeMap::new()).unwrap_err();
            let error = format!("{error:#}");
            assert!(error.contains(expected), "{value}: {error}");
        };
        refused("!Ref Quebe", "Quebe is neither a parameter nor a resource");
        refused("!Sub '${Quebe.Arn}'", "Quebe is not a resource");
        refused("!GetAtt Quebe.Arn", "refers to Quebe");
        refused("!If [IsLove, 1, 2]", "condition IsLove does not exist");
        refused("!FindInMap [Memory, other, Size]", "Memory.other.Size does not exist");
        refused("!Sup x", "tag !Sup");
        refused("!Ref AWS::Stack", "not a pseudo parameter");
    }

    #[test]
    fn resources_come_after_what_they_refer_to() {
        let yaml = "
Resources:
  A: { Type: Custom::A, Properties: { x: !Sub '${B.Arn}' } }
  B: { Type: Custom::B, DependsOn: C }
  C: { Type: AWS::Serverless::Function }
  D: { Type: Custom::D, Properties: { y: !GetAtt CUrl.FunctionUrl } }
";
        let template = Template::load(yaml, &BTreeMap::new()).unwrap();
        assert_eq!(template.order().unwrap(), ["C", "B", "D", "A"]);
        let circle = "
Resources:
  A: { Type: Custom::A, Properties: { x: !Ref B } }
  B: { Type: Custom::B, Properties: { x: !Ref A } }
";
        let error = Template::load(circle, &BTreeMap::new()).unwrap().order().unwrap_err();
        assert!(error.to_string().contains("[A, B]"), "{error}");
    }

    #[test]
    fn the_template_of_the_workspace_loads() {
        let root = crate::binaries::workspace_root().unwrap();
        let yaml = std::fs::read_to_string(root.join("template.yaml")).unwrap();
        let sid = |prefix: &str| format!("{prefix}{}", "0".repeat(32));
        let values = [
            ("DISCORD_BOT_TOKEN", "token".to_owned()),
            ("TWILIO_AUTH_TOKEN", "token".to_owned()),
            ("TWILIO_ACCOUNT_SID", sid("AC")),
            ("TWILIO_WORKSPACE_SID", sid("WS")),
            ("TWILIO_WORKFLOW_SID", sid("WW")),
        ];
        let mut values: BTreeMap<String, String> = values.map(|(name, value)| (name.to_owned(), value)).into();
        let template = Template::load(&yaml, &values).unwrap();
        template.order().unwrap();
        for (id, resource) in
            template.resources.iter().filter(|(_, resource)| resource.kind == "AWS::Serverless::Function")
        {
            let folder = resource.properties["CodeUri"].as_str().unwrap();
            assert!(root.join(folder).join("Cargo.toml").is_file(), "{id}: {folder} is no package");
        }
        values.insert("TWILIO_WORKSPACE_SID".to_owned(), "AC1".to_owned());
        let error = Template::load(&yaml, &values).unwrap_err().to_string();
        assert!(error.contains("TWILIO_WORKSPACE_SID"), "{error}");
    }

    #[test]
    fn globals_reach_every_function() {
        let yaml = "
Globals: { Function: { Timeout: 10, Environment: { Variables: { A: '1', B: '2' } } } }
Resources:
  F: { Type: AWS::Serverless::Function, Properties: { Timeout: 3, Environment: { Variables: { B: '3' } } } }
";
        let template = Template::load(yaml, &BTreeMap::new()).unwrap();
        let expected = json!({"Timeout": 3, "Environment": {"Variables": {"A": "1", "B": "3"}}});
        assert_eq!(template.resources["F"].properties, expected);
    }
}
