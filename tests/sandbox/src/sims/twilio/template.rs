//! Liquid as Studio has it: the `liquid` crate, with `to_json`, and with what is not there rendered as nothing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use liquid::ValueView;
use liquid::model::{ArrayView, DisplayCow, KStringCow, ObjectView, ScalarCow, State, Value as LiquidValue};
use liquid_core::{Display_filter, Filter, FilterReflection, ParseFilter, Runtime};
use serde_json::Value;

/// Studio's filter for text inside JSON.
#[derive(Clone, ParseFilter, FilterReflection)]
#[filter(name = "to_json", description = "Renders as JSON.", parsed(ToJsonFilter))]
struct ToJson;

#[derive(Debug, Default, Display_filter)]
#[name = "to_json"]
struct ToJsonFilter;

impl Filter for ToJsonFilter {
    fn evaluate(&self, input: &dyn ValueView, _runtime: &dyn Runtime) -> liquid_core::Result<LiquidValue> {
        let json = serde_json::to_string(&input.to_value())
            .map_err(|error| liquid_core::Error::with_msg(error.to_string()))?;
        Ok(LiquidValue::scalar(json))
    }
}

static PARSER: LazyLock<liquid::Parser> = LazyLock::new(|| {
    liquid::ParserBuilder::with_stdlib()
        .filter(ToJson)
        .build()
        .expect("the standard library and one filter fit together")
});

/// Renders a template.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn render(template: &str, context: &Value) -> Result<String, String> {
    if !template.contains('{') {
        return Ok(template.to_owned());
    }
    let template = PARSER.parse(template).map_err(|error| error.to_string())?;
    template.render(&Lax::of(context)).map_err(|error| error.to_string())
}

/// Whether a template can be parsed.
pub(super) fn check(template: &str) -> Result<(), String> {
    PARSER.parse(template).map(|_| ()).map_err(|error| error.to_string())
}

/// A value in which every name exists; the ones that do not are nil.
#[derive(Debug)]
enum Lax {
    Missing,
    Leaf(LiquidValue),
    List(Vec<Lax>),
    Object(BTreeMap<String, Lax>),
}

static MISSING: Lax = Lax::Missing;

impl Lax {
    fn of(value: &Value) -> Self {
        match value {
            Value::Object(object) => {
                Self::Object(object.iter().map(|(key, value)| (key.clone(), Self::of(value))).collect())
            }
            Value::Array(list) => Self::List(list.iter().map(Self::of).collect()),
            Value::Null => Self::Missing,
            leaf => Self::Leaf(liquid::model::to_value(leaf).unwrap_or(LiquidValue::Nil)),
        }
    }
}

impl ValueView for Lax {
    fn as_debug(&self) -> &dyn std::fmt::Debug {
        self
    }

    fn render(&self) -> DisplayCow<'_> {
        match self {
            Self::Leaf(value) => value.render(),
            Self::Missing => DisplayCow::Owned(Box::new("")),
            _ => DisplayCow::Owned(Box::new(serde_json::to_string(&self.to_value()).unwrap_or_default())),
        }
    }

    fn source(&self) -> DisplayCow<'_> {
        self.render()
    }

    fn type_name(&self) -> &'static str {
        match self {
            Self::Missing => "nil",
            Self::Leaf(value) => value.type_name(),
            Self::List(_) => "array",
            Self::Object(_) => "object",
        }
    }

    fn query_state(&self, state: State) -> bool {
        match (self, state) {
            (Self::Leaf(value), state) => value.query_state(state),
            (Self::Missing, state) => !matches!(state, State::Truthy),
            (_, State::Truthy) => true,
            (Self::List(list), _) => list.is_empty(),
            (Self::Object(object), _) => object.is_empty(),
        }
    }

    fn to_kstr(&self) -> KStringCow<'_> {
        match self {
            Self::Leaf(value) => value.to_kstr(),
            Self::Missing => KStringCow::from_static(""),
            _ => KStringCow::from_string(serde_json::to_string(&self.to_value()).unwrap_or_default()),
        }
    }

    fn to_value(&self) -> LiquidValue {
        match self {
            Self::Leaf(value) => value.clone(),
            Self::Missing => LiquidValue::Nil,
            Self::List(list) => LiquidValue::Array(list.iter().map(ValueView::to_value).collect()),
            Self::Object(object) => {
                LiquidValue::Object(object.iter().map(|(key, value)| (key.clone().into(), value.to_value())).collect())
            }
        }
    }

    fn as_scalar(&self) -> Option<ScalarCow<'_>> {
        if let Self::Leaf(value) = self { value.as_scalar() } else { None }
    }

    fn as_array(&self) -> Option<&dyn ArrayView> {
        if let Self::List(_) = self { Some(self) } else { None }
    }

    fn as_object(&self) -> Option<&dyn ObjectView> {
        // What is missing has everything in it, and all of that is missing too.
        if let Self::Object(_) | Self::Missing = self { Some(self) } else { None }
    }

    fn is_nil(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

impl ArrayView for Lax {
    fn as_value(&self) -> &dyn ValueView {
        self
    }

    fn size(&self) -> i64 {
        i64::try_from(list(self).len()).unwrap_or(i64::MAX)
    }

    fn values<'k>(&'k self) -> Box<dyn Iterator<Item = &'k dyn ValueView> + 'k> {
        Box::new(list(self).iter().map(|value| value as &dyn ValueView))
    }

    fn contains_key(&self, index: i64) -> bool {
        usize::try_from(index).is_ok_and(|index| index < list(self).len())
    }

    fn get(&self, index: i64) -> Option<&dyn ValueView> {
        let found = usize::try_from(index).ok().and_then(|index| list(self).get(index));
        Some(found.map_or(&MISSING as &dyn ValueView, |value| value as &dyn ValueView))
    }
}

fn list(value: &Lax) -> &[Lax] {
    if let Lax::List(list) = value { list } else { &[] }
}

impl Lax {
    fn entries(&self) -> Box<dyn Iterator<Item = (&String, &Lax)> + '_> {
        if let Self::Object(object) = self { Box::new(object.iter()) } else { Box::new(std::iter::empty()) }
    }
}

impl ObjectView for Lax {
    fn as_value(&self) -> &dyn ValueView {
        self
    }

    fn size(&self) -> i64 {
        i64::try_from(self.entries().count()).unwrap_or(i64::MAX)
    }

    fn keys<'k>(&'k self) -> Box<dyn Iterator<Item = KStringCow<'k>> + 'k> {
        Box::new(self.entries().map(|(key, _)| KStringCow::from_ref(key)))
    }

    fn values<'k>(&'k self) -> Box<dyn Iterator<Item = &'k dyn ValueView> + 'k> {
        Box::new(self.entries().map(|(_, value)| value as &dyn ValueView))
    }

    fn iter<'k>(&'k self) -> Box<dyn Iterator<Item = (KStringCow<'k>, &'k dyn ValueView)> + 'k> {
        Box::new(self.entries().map(|(key, value)| (KStringCow::from_ref(key), value as &dyn ValueView)))
    }

    fn contains_key(&self, _index: &str) -> bool {
        true
    }

    fn get<'s>(&'s self, index: &str) -> Option<&'s dyn ValueView> {
        match self {
            Self::Object(object) => Some(object.get(index).unwrap_or(&MISSING)),
            _ => Some(&MISSING),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn templates_render_as_in_studio() {
        let context = json!({"trigger": {"conversation": {"Body": "say \"hi\"\n", "Index": 4, "ChannelAttributes": {"handoff": "true"}}}});
        let shows = |template: &str| render(template, &context).unwrap();
        assert_eq!(shows("{{trigger.conversation.ChannelAttributes.handoff}}"), "true");
        assert_eq!(shows("[{{trigger.conversation.ChannelAttributes.nothing.at.all}}]"), "[]");
        assert_eq!(shows("[{{nothing}}{{widgets.ask.parsed.case_number}}]"), "[]");
        assert_eq!(shows("{\"body\": {{trigger.conversation.Body | to_json}}}"), r#"{"body": "say \"hi\"\n"}"#);
        assert_eq!(shows("{{missing.value | to_json}}"), "null");
        assert_eq!(serde_json::from_str::<Value>(&shows("{{trigger | to_json}}")).unwrap(), context["trigger"]);
        assert_eq!(shows("{% if trigger.conversation.nothing == blank %}a{% else %}b{% endif %}"), "a");
        assert_eq!(shows("{{trigger.conversation.nothing | default: 'x'}}"), "x");
        assert!(check("{{ open").is_err());
    }
}
