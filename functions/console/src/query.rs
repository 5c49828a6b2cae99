//! Queries and forms: pairs of names and values.

use crate::problem::ApiError;

/// The pairs of a query or of a form, in their order.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Pairs(Vec<(String, String)>);

impl std::fmt::Debug for Pairs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What somebody looks for or writes stays out of logs.
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Pairs {
    /// Reads a query.
    pub fn parse(query: Option<&str>) -> Self {
        Self::parse_bytes(query.unwrap_or_default().as_bytes())
    }

    /// Reads a form.
    pub fn parse_bytes(form: &[u8]) -> Self {
        Self(form_urlencoded::parse(form).into_owned().collect())
    }

    /// The last value of a name that is not empty: how pages read, where an empty field says nothing.
    pub fn last(&self, name: &str) -> Option<String> {
        let values = self.0.iter().rev().filter(|(found, value)| found == name && !value.is_empty());
        values.map(|(_, value)| value.clone()).next()
    }

    /// A field of a form as it was sent; empty when it was not.
    pub fn field(&self, name: &str) -> &str {
        self.0.iter().rev().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// All values of a name, in their order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Checks that there are no others than `once` and `many`, and each of `once` at most once: how the API reads.
    ///
    /// # Errors
    /// [`ApiError::Malformed`], because a parameter that is silently left out would answer another question than was asked.
    pub fn check(&self, once: &[&str], many: &[&str]) -> Result<(), ApiError> {
        for (at, (name, _)) in self.0.iter().enumerate() {
            let is_single = once.contains(&name.as_str());
            if !is_single && !many.contains(&name.as_str()) {
                let known: Vec<_> = once.iter().chain(many).copied().collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                return Err(ApiError::Malformed(format!("a query parameter is not known; these are: {known}")));
            }
            if is_single && self.0[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(ApiError::Malformed(format!("the query parameter {name} stands twice")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_takes_known_parameters_once() {
        let check = |query: &str| Pairs::parse(Some(query)).check(&["kind", "text"], &["status"]).is_ok();
        assert!(check(""));
        assert!(check("kind=bug&text=a&status=new&status=open"));
        assert!(!check("kind=bug&kind=bug"));
        assert!(!check("kin=bug"));
        assert!(!check("=") && !check("%00=1"));
    }

    #[test]
    fn pages_read_what_is_not_empty() {
        let pairs = Pairs::parse(Some("a=1&a=&b=&c=x%20y"));
        assert_eq!(
            (pairs.last("a").as_deref(), pairs.last("b"), pairs.last("c").as_deref()),
            (Some("1"), None, Some("x y"))
        );
        assert_eq!((pairs.field("a"), pairs.field("z")), ("", ""));
        assert_eq!(pairs.all("a").count(), 2);
        assert!(!format!("{pairs:?}").contains("x y"));
    }
}
