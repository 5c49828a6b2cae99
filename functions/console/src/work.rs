//! What pages and API do alike with a case.

use domain::case::{Assignee, Case, Edit, Summary};
use domain::ids::CaseNumber;
use domain::rights::Actor;

use crate::Deps;
use crate::api::extract::{self, NUMBER_MAX};
use crate::api::search::KEY_LENGTH_MAX;
use crate::api::wire;
use crate::problem::ApiError;
use desk::casework::{NewCase, Search};

/// Longest name of a reporter that is typed, in characters.
const NAME_LENGTH_MAX: usize = 100;

/// The language of cases that are filed by hand, unless it is said.
const LOCALE: &str = "en-US";

/// A case to be filed, checked as far as `desk` does not.
pub fn new_case(new: &wire::NewCase) -> Result<NewCase, ApiError> {
    let reporter = match new.reporter.as_deref() {
        None => None,
        Some(text) => {
            let id = extract::person(text);
            Some(id.ok_or_else(|| ApiError::Invalid("the reporter has to be a Discord user ID".to_owned()))?)
        }
    };
    let name = new.reporter_name.as_deref().unwrap_or_default();
    if name.chars().count() > NAME_LENGTH_MAX {
        return Err(ApiError::Invalid(format!("a name may have {NAME_LENGTH_MAX} characters")));
    }
    let name = extract::clean(name).replace(['\n', '\t'], " ");
    let name = name.trim();
    let locale = new.locale.as_deref().unwrap_or(LOCALE);
    if !is_locale(locale) {
        return Err(ApiError::Invalid("the locale has to be one of Discord's, such as en-US".to_owned()));
    }
    let unnamed = || reporter.map_or_else(|| "nobody".to_owned(), |id| id.to_string());
    Ok(NewCase {
        kind: new.kind.into(),
        title: extract::clean(&new.title),
        text: extract::clean(&new.text),
        severity: new.severity.map(Into::into).unwrap_or_default(),
        priority: new.priority.map(Into::into).unwrap_or_default(),
        reporter,
        reporter_name: if name.is_empty() { unnamed() } else { name.to_owned() },
        locale: locale.to_owned(),
    })
}

fn is_locale(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    let region = parts.next();
    let is_region = |it: &str| (2..=4).contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && region.is_none_or(is_region)
        && parts.next().is_none()
}

/// Giving a case to somebody: `me`, the key of somebody known, or nobody.
pub async fn assigning(deps: &Deps, actor: &Actor, to: Option<&str>) -> Result<Edit, ApiError> {
    let unknown = || ApiError::Invalid("nobody is known by that key".to_owned());
    let Some(key) = to else { return Ok(Edit::Assignee(None)) };
    let me = actor.assignee();
    if key == "me" {
        let me = me.ok_or_else(|| ApiError::Invalid("a machine does not work on cases".to_owned()))?;
        return Ok(Edit::Assignee(Some(me)));
    }
    if let Some(me) = me.filter(|me| me.key == key) {
        return Ok(Edit::Assignee(Some(me)));
    }
    if key.chars().count() > KEY_LENGTH_MAX {
        return Err(unknown());
    }
    let known = deps.casework.assignees(actor).await?;
    let name = known.get(key).ok_or_else(unknown)?;
    Ok(Edit::Assignee(Some(Assignee { key: key.to_owned(), name: name.clone() })))
}

/// Linking a case to another one, which has to be theirs to see.
pub async fn linking(deps: &Deps, actor: &Actor, to: u64) -> Result<Edit, ApiError> {
    let unknown = || ApiError::Invalid("there is no such case to link to".to_owned());
    if !(1..=NUMBER_MAX).contains(&to) {
        return Err(unknown());
    }
    match deps.casework.find(actor, CaseNumber(to)).await {
        Ok(case) => Ok(Edit::Link(case.number)),
        Err(desk::casework::CaseworkError::Unknown) => Err(unknown()),
        Err(error) => Err(error.into()),
    }
}

/// The newest other cases of a case's person.
pub async fn related(deps: &Deps, actor: &Actor, case: &Case) -> Result<Vec<Summary>, ApiError> {
    let Some(reporter) = case.reporter else { return Ok(Vec::new()) };
    let search = Search { reporter: Some(reporter), ..Search::default() };
    let page = deps.casework.list(actor, &search, None, store::PAGE_LENGTH_MAX).await?;
    Ok(page.cases.into_iter().filter(|other| other.number != case.number).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new() -> wire::NewCase {
        wire::NewCase {
            kind: wire::Kind::Bug,
            title: "The map stays empty".to_owned(),
            text: "a\u{0}b".to_owned(),
            severity: None,
            priority: None,
            reporter: None,
            reporter_name: None,
            locale: None,
        }
    }

    #[test]
    fn what_is_not_said_has_a_sensible_value() {
        let made = new_case(&new()).unwrap();
        assert_eq!((made.text.as_str(), made.reporter_name.as_str(), made.locale.as_str()), ("ab", "nobody", "en-US"));
        let made = new_case(&wire::NewCase { reporter: Some("7".to_owned()), ..new() }).unwrap();
        assert_eq!(made.reporter_name, "7");
        let made = new_case(&wire::NewCase { reporter_name: Some(" A\nda ".to_owned()), ..new() }).unwrap();
        assert_eq!(made.reporter_name, "A da");
    }

    #[test]
    fn what_cannot_be_is_said() {
        let refused = |new: wire::NewCase| assert!(matches!(new_case(&new), Err(ApiError::Invalid(_))));
        refused(wire::NewCase { reporter: Some("me".to_owned()), ..new() });
        refused(wire::NewCase { reporter_name: Some("x".repeat(101)), ..new() });
        for locale in ["", "e", "english", "en-", "en-US-x", "en_US", "é-US"] {
            refused(wire::NewCase { locale: Some(locale.to_owned()), ..new() });
        }
    }
}
