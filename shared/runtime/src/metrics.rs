//! Metrics, as log lines that CloudWatch reads by itself: no call, no permission. See [CloudWatch Docs/Embedded metric format
//! specification].

use std::io::Write as _;

use serde_json::{Value, json};

/// Where metrics go.
#[derive(Debug, Clone)]
pub struct Metrics {
    namespace: String,
}

impl Metrics {
    /// Metrics of this namespace.
    pub fn new(namespace: String) -> Self {
        Self { namespace }
    }

    /// Says how many seconds something took, or is late.
    pub fn seconds(&self, name: &str, values: &[f64]) {
        if values.is_empty() {
            return;
        }
        let line = self.line(name, values, jiff::Timestamp::now().as_millisecond());
        // The logging library puts what it is given into objects of its own; CloudWatch wants this one on top.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }

    fn line(&self, name: &str, values: &[f64], at_ms: i64) -> Value {
        // A metric may have at most a hundred values in one line.
        let values = &values[..values.len().min(100)];
        let metric = json!({ "Name": name, "Unit": "Seconds" });
        json!({
            "_aws": {
                "Timestamp": at_ms,
                "CloudWatchMetrics": [{ "Namespace": self.namespace, "Dimensions": [[]], "Metrics": [metric] }],
            },
            name: values,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_its_metric_and_has_its_values_on_top() {
        let line = Metrics::new("desk/Reading".to_owned()).line("ReadAge", &[2.0, 300.5], 1_750_000_000_000);
        let expected = json!({
            "_aws": {
                "Timestamp": 1_750_000_000_000_i64,
                "CloudWatchMetrics": [{
                    "Namespace": "desk/Reading",
                    "Dimensions": [[]],
                    "Metrics": [{ "Name": "ReadAge", "Unit": "Seconds" }],
                }],
            },
            "ReadAge": [2.0, 300.5],
        });
        assert_eq!(line, expected);
        assert_eq!(line["ReadAge"].as_array().unwrap().len(), 2);
        let many = Metrics::new("desk/Reading".to_owned()).line("ReadAge", &[1.0; 150], 0);
        assert_eq!(many["ReadAge"].as_array().unwrap().len(), 100);
    }
}
