//! Where a server's reports are posted.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::case::Kind;
use domain::ids::{ChannelId, GuildId, TagId};

use crate::error::StoreError;
use crate::items::{Item, Reader, s};
use crate::{Store, keys};

/// A server's board for reports of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// The channel.
    pub channel: ChannelId,
    /// Whether it is a forum, whose posts carry tags; else it is a text channel with threads.
    pub is_forum: bool,
    /// The forum's tags by name.
    pub tags: BTreeMap<String, TagId>,
}

impl Store {
    /// The board of a server, as it was found last.
    pub async fn board(&self, server: GuildId, kind: Kind) -> Result<Option<Board>, StoreError> {
        let item = self.get(keys::guild(server), &keys::board(kind), "GetItem (board)").await?;
        let Some(item) = item else { return Ok(None) };
        let reader = Reader(&item);
        let tags = reader.map("tags")?;
        let tag = |(name, id): (&String, &AttributeValue)| {
            let id = id.as_s().ok().and_then(|text| text.parse().ok());
            id.map(|id| (name.clone(), id)).ok_or_else(|| reader.malformed("tags"))
        };
        Ok(Some(Board {
            channel: reader.parse("channel")?,
            is_forum: reader.flag("is_forum"),
            tags: tags.into_iter().flatten().map(tag).collect::<Result<_, _>>()?,
        }))
    }

    /// Remembers a server's board.
    pub async fn keep_board(&self, server: GuildId, kind: Kind, board: &Board) -> Result<(), StoreError> {
        let tags = board.tags.iter().map(|(name, id)| (name.clone(), s(id.to_string()))).collect();
        let item = Item::from([
            (keys::PK.to_owned(), s(keys::guild(server))),
            (keys::SK.to_owned(), s(keys::board(kind))),
            ("channel".to_owned(), s(board.channel.to_string())),
            ("is_forum".to_owned(), AttributeValue::Bool(board.is_forum)),
            ("tags".to_owned(), AttributeValue::M(tags)),
        ]);
        self.put(item, "PutItem (board)").await
    }

    /// Forgets a server's board, because it is gone.
    pub async fn forget_board(&self, server: GuildId, kind: Kind) -> Result<(), StoreError> {
        self.delete_all([(s(keys::guild(server)), s(keys::board(kind)))]).await
    }
}
