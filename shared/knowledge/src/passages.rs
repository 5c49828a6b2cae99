//! Markdown to passages: plain text, each short enough to be quoted whole.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use unicode_segmentation::UnicodeSegmentation;

/// Longest passage, in characters (Unicode scalar values).
pub const PASSAGE_LENGTH_MAX: usize = 300;

/// A paragraph that begins when this much has been gathered starts a passage of its own, in characters.
const PASSAGE_LENGTH_GOOD: usize = 160;

/// What stands under one heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Section {
    /// The heading's text; empty above the first.
    pub heading: String,
    /// At least one; each has 1 to [`PASSAGE_LENGTH_MAX`] characters on one line.
    pub passages: Vec<String>,
}

/// Cuts a Markdown text into sections, and those into passages. Sections without text are left out.
pub(crate) fn sections(markdown: &str) -> Vec<Section> {
    let mut reader = Reader::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        reader.read(event);
    }
    reader.end_section();
    reader.sections
}

#[derive(Default)]
struct Reader {
    sections: Vec<Section>,
    heading: String,
    in_heading: bool,
    in_metadata: bool,
    /// Number of the next item for each open list; `None` in a list with bullets.
    lists: Vec<Option<u64>>,
    /// The paragraph, item or table row that is being read.
    block: String,
    packer: Packer,
}

impl Reader {
    fn read(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                self.end_section();
                self.in_heading = true;
            }
            Event::End(TagEnd::Heading(_)) => self.in_heading = false,
            Event::Start(Tag::List(first)) => {
                self.end_block();
                self.lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                self.end_block();
                self.lists.pop();
            }
            Event::Start(Tag::Item) => {
                self.end_block();
                match self.lists.last_mut() {
                    Some(Some(number)) => {
                        self.block = format!("{number}. ");
                        *number = number.saturating_add(1);
                    }
                    _ => self.block.push_str("• "),
                }
            }
            Event::End(TagEnd::TableCell) => self.block.push_str(", "),
            Event::End(TagEnd::TableRow | TagEnd::TableHead) => self.end_row(),
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::CodeBlock | TagEnd::BlockQuote(_)) => {
                self.end_block();
            }
            Event::Start(Tag::MetadataBlock(_)) => self.in_metadata = true,
            Event::End(TagEnd::MetadataBlock(_)) => self.in_metadata = false,
            Event::Text(text) | Event::Code(text) if !self.in_metadata => self.text(&text),
            Event::SoftBreak | Event::HardBreak => self.text(" "),
            // What is left is markup without words of its own: emphasis, links, rules, HTML.
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_heading { &mut self.heading } else { &mut self.block }.push_str(text);
    }

    fn end_block(&mut self) {
        let block = one_line(&std::mem::take(&mut self.block));
        if !block.is_empty() && block != "•" {
            self.packer.paragraph(&block, !self.lists.is_empty());
        }
    }

    fn end_row(&mut self) {
        // An empty cell leaves a space before its comma.
        let row = one_line(&std::mem::take(&mut self.block)).replace(" ,", ",");
        let row = row.trim_matches([',', ' ']);
        if !row.is_empty() {
            self.packer.push_long(&format!("{row};"));
        }
    }

    fn end_section(&mut self) {
        self.end_block();
        let passages = std::mem::take(&mut self.packer).finish();
        let heading = one_line(&std::mem::take(&mut self.heading));
        if !passages.is_empty() {
            self.sections.push(Section { heading, passages });
        }
    }
}

/// Gathers whole sentences into passages.
#[derive(Default)]
struct Packer {
    passages: Vec<String>,
    current: String,
    /// Length of `current`, in characters.
    length: usize,
}

impl Packer {
    fn paragraph(&mut self, text: &str, is_item: bool) {
        // Items of a list belong together, and so do a list and the line that announces it.
        let announced = self.current.ends_with(':');
        if self.length >= PASSAGE_LENGTH_GOOD && !is_item && !announced {
            self.end_passage();
        }
        // An item is one step, so it is kept whole where possible; what fits needs no cutting either.
        let length = text.chars().count();
        if length <= PASSAGE_LENGTH_MAX && (is_item || self.length + 1 + length <= PASSAGE_LENGTH_MAX) {
            self.push(text);
            return;
        }
        for sentence in text.split_sentence_bounds() {
            self.push_long(sentence.trim());
        }
    }

    fn push_long(&mut self, text: &str) {
        for piece in cut(text) {
            self.push(&piece);
        }
    }

    fn push(&mut self, piece: &str) {
        let length = piece.chars().count();
        if length == 0 {
            return;
        }
        if self.length > 0 && self.length + 1 + length > PASSAGE_LENGTH_MAX {
            self.end_passage();
        }
        if self.length > 0 {
            self.current.push(' ');
            self.length += 1;
        }
        self.current.push_str(piece);
        self.length += length;
    }

    fn end_passage(&mut self) {
        if self.length > 0 {
            let passage = std::mem::take(&mut self.current);
            let passage = passage.trim_end_matches(';').trim_end();
            // An article may have a line of nothing but semicolons.
            if !passage.is_empty() {
                self.passages.push(passage.to_owned());
            }
            self.length = 0;
        }
    }

    fn finish(mut self) -> Vec<String> {
        self.end_passage();
        self.passages
    }
}

/// Cuts a sentence that is too long for one passage where words end, with an ellipsis at each cut.
fn cut(sentence: &str) -> Vec<String> {
    if sentence.chars().count() <= PASSAGE_LENGTH_MAX {
        return vec![sentence.to_owned()];
    }
    let mut pieces = Vec::new();
    let mut rest = sentence;
    while rest.chars().count() > PASSAGE_LENGTH_MAX {
        let room = PASSAGE_LENGTH_MAX - 1; // for the ellipsis
        let limit = rest.char_indices().nth(room).map_or(rest.len(), |(index, _)| index);
        // A "word" that fills the whole passage is cut where it must be.
        let end = rest[..limit].rfind(char::is_whitespace).filter(|end| *end > 0).unwrap_or(limit);
        pieces.push(format!("{}…", rest[..end].trim_end()));
        rest = rest[end..].trim_start();
    }
    if !rest.is_empty() {
        pieces.push(rest.to_owned());
    }
    pieces
}

/// One space for each run of white space and control characters, and none at the ends.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if !(c.is_whitespace() || c.is_control()) {
            line.push(c);
        } else if !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
    }
    line.truncate(line.trim_end().len());
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn passages(markdown: &str) -> Vec<String> {
        sections(markdown).into_iter().flat_map(|section| section.passages).collect()
    }

    #[test]
    fn markdown_becomes_plain_text() {
        let check = |markdown: &str, expected: &[&str]| assert_eq!(passages(markdown), expected, "{markdown}");
        check(
            "Some **bold**, _thin_ and `code`\nwith a [link](https://a.example).",
            &["Some bold, thin and code with a link."],
        );
        check("1. Open\n2. Close\n\nThen wait.", &["1. Open 2. Close Then wait."]);
        check("Either:\n\n- this\n- or that", &["Either: • this • or that"]);
        check("a <b>tag</b> <!-- gone -->", &["a tag"]);
        check("| | A |\n| --- | --- |\n| Memory | 3 GB |", &["A; Memory, 3 GB"]);
        check("![alt text](picture.png)\n\n---", &["alt text"]);
        check("# Heading only\n\n- \n", &[]);
    }

    #[test]
    fn headings_make_sections() {
        let sections = sections("Before.\n\n## A *heading*\n\nAfter.\n\n## Empty\n");
        assert_eq!(sections.len(), 2);
        assert_eq!((sections[0].heading.as_str(), sections[1].heading.as_str()), ("", "A heading"));
    }

    #[test]
    fn long_text_is_cut_where_sentences_or_words_end() {
        let sentences = "This sentence has exactly forty letters!! ".repeat(20);
        let cut = passages(&sentences);
        assert_eq!(cut.len(), 3);
        assert!(cut.iter().all(|passage| passage.ends_with("!!")), "{cut:?}");

        let words = "word ".repeat(200);
        let cut = passages(&words);
        assert!(cut[0].ends_with("word…") && cut[0].chars().count() <= PASSAGE_LENGTH_MAX, "{}", cut[0]);

        assert_eq!(passages(";\n\n\n"), Vec::<String>::new());
        assert_eq!(passages("a ;;"), ["a"]);

        let one_word = "ä".repeat(1_000);
        assert_eq!(passages(&one_word).concat().replace('…', ""), one_word);
    }

    proptest! {
        #[test]
        fn any_markdown_gives_short_single_lines(markdown in "(\\PC|\n|[-#*|`>\\[\\] 1.]){0,900}") {
            for passage in passages(&markdown) {
                let length = passage.chars().count();
                prop_assert!((1..=PASSAGE_LENGTH_MAX).contains(&length), "{length}");
                prop_assert!(!passage.contains('\n'));
            }
        }
    }
}
