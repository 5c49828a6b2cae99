//! The table.

use std::fmt::Display;
use std::time::Duration;

/// How a measured value stands to its budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Within it.
    Ok,
    /// Over it.
    Over,
    /// The middle one is over, the best one within: so much could be the machine's other work.
    OverInTheMiddle,
    /// A few are over, the middle one within.
    OverAtTheEnd,
    /// There is none.
    None,
}

/// One line of the table.
pub struct Row {
    /// The function, or the way of a line.
    pub of: String,
    /// What is measured.
    pub what: String,
    /// The budget.
    pub budget: String,
    /// The value.
    pub measured: String,
    /// Whether it is within.
    pub verdict: Verdict,
}

impl Row {
    /// A value without a budget.
    pub fn for_information(of: &str, what: &str, measured: impl Display) -> Self {
        let (of, what, measured) = (of.to_owned(), what.to_owned(), measured.to_string());
        Self { of, what, budget: String::new(), measured, verdict: Verdict::None }
    }

    /// A value with a budget, both in `unit`.
    pub fn value(of: &str, what: &str, budget: f64, value: f64, unit: &str) -> Self {
        Self {
            of: of.to_owned(),
            what: what.to_owned(),
            budget: format!("{budget} {unit}"),
            measured: format!("{value:.1} {unit}"),
            verdict: if value <= budget { Verdict::Ok } else { Verdict::Over },
        }
    }

    /// Several values, of which 95 of 100 have to be within the budget; and what else there is to say.
    pub fn high_percentile(of: &str, what: &str, budget: f64, samples: &Samples, more: &str) -> Self {
        let [min, median, high, max] = [samples.min(), samples.median(), samples.percentile(95), samples.max()];
        Self {
            of: of.to_owned(),
            what: what.to_owned(),
            budget: format!("p95 <= {budget} {}", samples.unit.name()),
            measured: format!("{min:.1} / {median:.1} / {high:.1} / {max:.1} {}; {more}", samples.unit.name()),
            verdict: match (high <= budget, median <= budget) {
                (true, _) => Verdict::Ok,
                (false, true) => Verdict::OverAtTheEnd,
                (false, false) => Verdict::Over,
            },
        }
    }

    /// Several values with a budget, in the unit of the values.
    pub fn samples(of: &str, what: &str, budget: f64, samples: &Samples) -> Self {
        Self {
            of: of.to_owned(),
            what: what.to_owned(),
            budget: format!("{budget} {}", samples.unit.name()),
            measured: samples.to_string(),
            verdict: match (samples.median() <= budget, samples.min() <= budget) {
                (true, _) => Verdict::Ok,
                (false, true) => Verdict::OverInTheMiddle,
                (false, false) => Verdict::Over,
            },
        }
    }
}

/// What times are told in.
#[derive(Debug, Clone, Copy)]
pub enum Unit {
    /// Thousandths of a second.
    Milliseconds,
    /// Millionths of a second.
    Microseconds,
}

impl Unit {
    const fn name(self) -> &'static str {
        match self {
            Self::Milliseconds => "ms",
            Self::Microseconds => "µs",
        }
    }

    fn of(self, time: Duration) -> f64 {
        match self {
            Self::Milliseconds => time.as_secs_f64() * 1e3,
            Self::Microseconds => time.as_secs_f64() * 1e6,
        }
    }
}

/// Times, the shortest first.
#[derive(Debug, Clone)]
pub struct Samples {
    unit: Unit,
    sorted: Vec<f64>,
}

impl Samples {
    /// None yet.
    pub const fn new(unit: Unit) -> Self {
        Self { unit, sorted: Vec::new() }
    }

    /// Adds one.
    pub fn push(&mut self, time: Duration) {
        let time = self.unit.of(time);
        let at = self.sorted.partition_point(|other| *other < time);
        self.sorted.insert(at, time);
    }

    /// The best one; 0 where there is none.
    fn min(&self) -> f64 {
        self.sorted.first().copied().unwrap_or_default()
    }

    /// The middle one.
    fn median(&self) -> f64 {
        self.sorted.get(self.sorted.len() / 2).copied().unwrap_or_default()
    }

    /// The smallest one that so many of a hundred do not exceed.
    fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.sorted.len() * percent).div_ceil(100);
        self.sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// The worst one.
    fn max(&self) -> f64 {
        self.sorted.last().copied().unwrap_or_default()
    }

    /// All of them, multiplied.
    pub fn scaled(&self, factor: f64) -> Self {
        Self { unit: self.unit, sorted: self.sorted.iter().map(|sample| sample * factor).collect() }
    }
}

impl Display for Samples {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} / {:.1} / {:.1} {}", self.min(), self.median(), self.max(), self.unit.name())
    }
}

/// Prints the table.
pub fn print(rows: &[Row]) {
    let verdict = |verdict| match verdict {
        Verdict::Ok => "ok",
        Verdict::Over => "OVER",
        Verdict::OverInTheMiddle => "OVER (the best is within)",
        Verdict::OverAtTheEnd => "OVER (the middle one is within)",
        Verdict::None => "",
    };
    let head = ["of", "what", "budget", "measured", ""].map(str::to_owned);
    let lines = rows.iter().map(|row| {
        [row.of.clone(), row.what.clone(), row.budget.clone(), row.measured.clone(), verdict(row.verdict).to_owned()]
    });
    let lines: Vec<[String; 5]> = std::iter::once(head).chain(lines).collect();
    let widths: Vec<usize> =
        (0..5).map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default()).collect();
    for line in &lines {
        let cells = line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(milliseconds: &[u64]) -> Samples {
        let mut samples = Samples::new(Unit::Milliseconds);
        for sample in milliseconds {
            samples.push(Duration::from_millis(*sample));
        }
        samples
    }

    #[test]
    fn samples_are_told_best_first() {
        assert_eq!(samples(&[9, 1, 5]).to_string(), "1.0 / 5.0 / 9.0 ms");
        assert_eq!(samples(&[9, 1, 5]).scaled(2.0).to_string(), "2.0 / 10.0 / 18.0 ms");
        assert_eq!(samples(&[]).to_string(), "0.0 / 0.0 / 0.0 ms");
    }

    #[test]
    fn ninety_five_of_a_hundred_decide() {
        let verdict = |slow: usize| {
            let all: Vec<u64> = (0..100).map(|at| if at < slow { 90 } else { 1 }).collect();
            Row::high_percentile("", "", 50.0, &samples(&all), "").verdict
        };
        assert_eq!(
            [verdict(0), verdict(5), verdict(6), verdict(60)],
            [Verdict::Ok, Verdict::Ok, Verdict::OverAtTheEnd, Verdict::Over]
        );
        assert_eq!(samples(&[3]).percentile(95).to_string(), "3");
        assert_eq!(samples(&[]).percentile(95).to_string(), "0");
    }

    #[test]
    fn the_middle_one_decides() {
        let verdict = |sample: &[u64]| Row::samples("", "", 5.0, &samples(sample)).verdict;
        assert_eq!(verdict(&[1, 5, 90]), Verdict::Ok);
        assert_eq!(verdict(&[1, 6, 90]), Verdict::OverInTheMiddle);
        assert_eq!(verdict(&[6, 7, 90]), Verdict::Over);
    }
}
