//! Long texts in parts that Discord takes.

/// Longest content of one Discord message. See [Discord Docs/Create Message].
///
/// Counted here in UTF-16 units, the stricter of the two ways in which Discord may count.
pub const CONTENT_LENGTH_MAX: usize = 2000;

/// Room for `(12/17) ` in front of a part.
const NUMBER_LENGTH: usize = 10;
const FENCE: &str = "```";

/// Cuts a text into parts of at most [`CONTENT_LENGTH_MAX`]: at paragraphs, else lines, else spaces, else anywhere but inside an
/// escape. A code fence that is cut is closed and opened again. More than two parts are numbered.
pub fn split(text: &str) -> Vec<String> {
    if width(text) <= CONTENT_LENGTH_MAX {
        return vec![text.to_owned()];
    }
    // Closing and reopening a fence costs up to 8; the number comes on top.
    let room = CONTENT_LENGTH_MAX - NUMBER_LENGTH - 2 * (FENCE.len() + 1);
    let mut parts = Vec::new();
    let mut rest = text;
    let mut in_fence = false;
    while !rest.is_empty() {
        let (part, after) = if width(rest) <= room { (rest, "") } else { cut(rest, room) };
        let opens = in_fence;
        in_fence ^= part.matches(FENCE).count() % 2 == 1;
        let mut whole = String::with_capacity(part.len() + 8);
        if opens {
            whole.push_str("```\n");
        }
        whole.push_str(part);
        if in_fence && !after.is_empty() {
            whole.push_str("\n```");
        }
        if !whole.trim().is_empty() {
            parts.push(whole);
        }
        rest = after;
    }
    let count = parts.len();
    if count > 2 {
        for (index, part) in parts.iter_mut().enumerate() {
            part.insert_str(0, &format!("({}/{count}) ", index + 1));
        }
    }
    parts
}

fn width(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The longest good beginning of at most `room`, and what follows it without the white space at the cut.
fn cut(text: &str, room: usize) -> (&str, &str) {
    let mut units = 0;
    let hard = text
        .char_indices()
        .find_map(|(at, char)| {
            units += char.len_utf16();
            (units > room).then_some(at)
        })
        .unwrap_or(text.len());
    let head = &text[..hard];
    // A cut in the first half would make a short part for a slightly nicer place.
    let good = |at: Option<usize>| at.filter(|at| *at > hard / 2);
    let at = good(head.rfind("\n\n"))
        .or_else(|| good(head.rfind('\n')))
        .or_else(|| good(head.rfind(char::is_whitespace)))
        .unwrap_or_else(|| outside_escape_and_fence(text, hard));
    (text[..at].trim_end(), text[at..].trim_start_matches(['\n', ' ']))
}

/// A place at or before `at` that separates neither a backslash from what it escapes nor the backticks of a fence.
fn outside_escape_and_fence(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut place = at;
    while place > 1 && bytes[place - 1] == b'`' && bytes.get(place) == Some(&b'`') {
        place -= 1;
    }
    let backslashes = bytes[..place].iter().rev().take_while(|byte| **byte == b'\\').count();
    if backslashes % 2 == 1 && place > 1 {
        place -= 1;
    }
    // A text of nothing but backticks has no good place.
    if place <= 1 { at } else { place }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, parts: usize) {
        let split = split(text);
        assert_eq!(split.len(), parts, "{:?}", split.iter().map(String::len).collect::<Vec<_>>());
        for part in &split {
            assert!(width(part) <= CONTENT_LENGTH_MAX);
        }
    }

    #[test]
    fn the_limit_is_2000() {
        check("", 1);
        check(&"a".repeat(2000), 1);
        check(&"a".repeat(2001), 2);
        check(&"😀".repeat(1000), 1);
        check(&"😀".repeat(1001), 2);
        check(&"x".repeat(32_768), 17);
    }

    #[test]
    fn a_paragraph_is_kept_whole_where_it_can_be() {
        let text = format!("{}\n\n{}", "a".repeat(1500), "b".repeat(1500));
        assert_eq!(split(&text), ["a".repeat(1500), "b".repeat(1500)]);
    }

    #[test]
    fn a_cut_fence_is_closed_and_opened_again() {
        let text = format!("```\n{}\n```", "code line\n".repeat(300));
        for part in split(&text) {
            assert_eq!(part.matches(FENCE).count() % 2, 0, "{part}");
        }
    }

    #[test]
    fn an_escape_is_not_cut() {
        let text = "\\*".repeat(1500);
        for part in split(&text) {
            assert!(!part.ends_with('\\'), "{part}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_too_long(text in "[a-z \n*\\\\`é😀]{0,9000}") {
            let parts = split(&text);
            let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '`').collect::<String>();
            let mut joined = String::new();
            let count = parts.len();
            for (index, part) in parts.iter().enumerate() {
                prop_assert!(width(part) <= CONTENT_LENGTH_MAX);
                let number = if count > 2 { format!("({}/{count}) ", index + 1) } else { String::new() };
                joined += &solid(part.strip_prefix(&number).unwrap());
            }
            prop_assert_eq!(joined, solid(&text));
        }
    }
}
