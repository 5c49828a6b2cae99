//! The words by which cases are found. Kept by the one who tells a case's news, after the case itself.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::case::{Assignee, Case, Kind};
use domain::ids::GuildId;

use crate::error::StoreError;
use crate::items::{Item, Reader, n, s};
use crate::table::{deleting, putting};
use crate::{Store, keys};

/// Most words by which a case is found.
pub const WORDS_MAX: usize = 300;

/// Longest word by which a case is found, in bytes. What is longer is nobody's search; a key may have 2048.
pub const WORD_BYTES_MAX: usize = 128;

/// The words by which a case is found, as partition keys.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Indexed {
    pub words: BTreeSet<String>,
    /// Whether it is known that these and no others are written.
    pub settled: bool,
}

impl Store {
    /// Makes a case findable by `words`, and as long as it is an open report, as a possible double by `title_words`. Only what
    /// differs from what is there is written. Words that are too long for a key are left out.
    ///
    /// A repetition after a crash finds what was begun: the case's own list is widened first, as one that is not settled, and cut to
    /// size last.
    pub async fn index_case(
        &self,
        case: &Case,
        words: &BTreeSet<String>,
        title_words: &BTreeSet<String>,
    ) -> Result<(), StoreError> {
        let may_be_doubled = !case.status.is_done() && case.kind != Kind::Support;
        let fits = |word: &&String| !word.is_empty() && word.len() <= WORD_BYTES_MAX;
        let words = words.iter().filter(fits).take(WORDS_MAX).map(|word| keys::word(case.server, word));
        let doubles = title_words.iter().filter(fits).filter(|_| may_be_doubled);
        let doubles = doubles.take(WORDS_MAX).map(|word| keys::open_word(case.server, case.kind, word));
        let wanted: BTreeSet<String> = words.chain(doubles).collect();
        let present = self.indexed(case).await?;
        if present.settled && present.words == wanted {
            return Ok(());
        }
        let both = wanted.union(&present.words).cloned().collect();
        self.set_indexed(case, &Indexed { words: both, settled: false }).await?;
        let sk = keys::case_of_many(case.number);
        let posting = |pk: &String| {
            let key = [(keys::PK.to_owned(), s(pk)), (keys::SK.to_owned(), s(&sk))];
            putting(key.into_iter().chain([("case".to_owned(), n(case.number))]).collect())
        };
        // Where it was not settled, nobody knows which of its words were written.
        let missing = wanted.iter().filter(|word| !present.settled || !present.words.contains(*word)).map(posting);
        let surplus = present.words.difference(&wanted).map(|pk| deleting((s(pk), s(&sk))));
        self.write_all(missing.chain(surplus).collect()).await?;
        self.set_indexed(case, &Indexed { words: wanted, settled: true }).await
    }

    pub(crate) async fn indexed(&self, case: &Case) -> Result<Indexed, StoreError> {
        let item = self.get(keys::case(case.number), keys::WORDS, "GetItem (words)").await?;
        let Some(item) = item else { return Ok(Indexed { words: BTreeSet::new(), settled: true }) };
        let reader = Reader(&item);
        Ok(Indexed { words: reader.texts("words")?, settled: reader.flag("settled") })
    }

    pub(crate) async fn set_indexed(&self, case: &Case, indexed: &Indexed) -> Result<(), StoreError> {
        let (pk, sk) = (s(keys::case(case.number)), s(keys::WORDS));
        // A set of the table is never empty.
        if indexed.words.is_empty() {
            return self.delete_all([(pk, sk)]).await;
        }
        let item = Item::from([
            (keys::PK.to_owned(), pk),
            (keys::SK.to_owned(), sk),
            ("words".to_owned(), AttributeValue::Ss(indexed.words.iter().cloned().collect())),
            ("settled".to_owned(), AttributeValue::Bool(indexed.settled)),
        ]);
        self.put(item, "PutItem (words)").await
    }

    /// Remembers somebody as an assignee of a server, for the lists to choose from.
    pub async fn remember_assignee(&self, server: Option<GuildId>, assignee: &Assignee) -> Result<(), StoreError> {
        let item = Item::from([
            (keys::PK.to_owned(), s(keys::assignees(server))),
            (keys::SK.to_owned(), s(keys::assignee(&assignee.key))),
            ("assignee_key".to_owned(), s(&assignee.key)),
            ("name".to_owned(), s(&assignee.name)),
        ]);
        self.put(item, "PutItem (assignee)").await
    }
}
