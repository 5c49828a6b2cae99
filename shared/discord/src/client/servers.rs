//! Servers and what their members may do in them.

use std::fmt;

use domain::ids::{GuildId, PersonId};
use jiff::Timestamp;
use serde::Deserialize;
use twilight_http::routing::Route;

use super::{Client, DiscordError, bare};
use crate::interaction::{MODERATOR_PERMISSIONS, Snowflake, WireUser};

/// The permission that holds all others.
const ADMINISTRATOR: u64 = 1 << 3;

/// What a member may still do whom a moderator has sent out for a while: `VIEW_CHANNEL` and `READ_MESSAGE_HISTORY`.
const IN_TIMEOUT: u64 = (1 << 10) | (1 << 16);

/// A server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guild {
    /// Its name.
    pub name: String,
    /// Who owns it.
    pub owner: PersonId,
}

/// A member of a server. Does not print their name.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    /// Their name on this server.
    pub display_name: String,
    /// What they may do in the whole server; a channel may allow or deny more. All bits for the owner and for administrators.
    pub permissions: u64,
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").field("permissions", &self.permissions).finish_non_exhaustive()
    }
}

impl Member {
    /// Whether they are a moderator, see [`MODERATOR_PERMISSIONS`].
    pub const fn is_moderator(&self) -> bool {
        self.permissions & MODERATOR_PERMISSIONS != 0
    }
}

impl Client {
    /// Reads a server that the bot is in. See [Discord Docs/Get Guild].
    pub async fn guild(&self, guild: GuildId) -> Result<Guild, DiscordError> {
        let wire = self.wire_guild(guild).await?;
        Ok(Guild { name: wire.name, owner: wire.owner_id.0 })
    }

    /// What somebody may do in a server; `None` if they are no member, or if the bot is not in it. Two calls. See [Discord Docs/Get
    /// Guild Member] and [Discord Docs/Permissions].
    pub async fn member_permissions(&self, guild: GuildId, person: PersonId) -> Result<Option<Member>, DiscordError> {
        let route = Route::GetMember { guild_id: guild.get(), user_id: person.get() };
        let member: WireMember = match self.call(&bare(&route)).await {
            Ok(member) => member,
            Err(error) if is_nobody(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let wire = match self.wire_guild(guild).await {
            Ok(wire) => wire,
            Err(error) if is_nobody(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let permissions = permissions(guild, person, &member, &wire, Timestamp::now());
        Ok(Some(Member { display_name: member.user.named(member.nick).display_name, permissions }))
    }

    async fn wire_guild(&self, guild: GuildId) -> Result<WireGuild, DiscordError> {
        self.call(&bare(&Route::GetGuild { guild_id: guild.get(), with_counts: false })).await
    }
}

/// Whether there is no such member (10007), user (10013) or server (10004), or the bot is not in that server (50001).
fn is_nobody(error: &DiscordError) -> bool {
    matches!(error.code(), Some(10004 | 10007 | 10013 | 50001))
}

/// What a member may do in the whole server, as Discord computes it.
fn permissions(guild: GuildId, person: PersonId, member: &WireMember, wire: &WireGuild, now: Timestamp) -> u64 {
    if wire.owner_id.0 == person {
        return u64::MAX;
    }
    // The role that everybody has bears the server's own ID.
    let held = |role: &&WireRole| role.id.0 == guild.get() || member.roles.iter().any(|id| id.0 == role.id.0);
    let bits = |role: &WireRole| role.permissions.parse::<u64>().unwrap_or_default();
    let permissions = wire.roles.iter().filter(held).map(bits).fold(0, |all, more| all | more);
    if permissions & ADMINISTRATOR != 0 {
        return u64::MAX;
    }
    // What cannot be read is taken for a time to come.
    let until = member.communication_disabled_until.as_deref();
    let out = until.is_some_and(|until| until.parse::<Timestamp>().map_or(true, |until| until > now));
    if out { permissions & IN_TIMEOUT } else { permissions }
}

#[derive(Deserialize)]
struct WireGuild {
    name: String,
    owner_id: Snowflake<PersonId>,
    roles: Vec<WireRole>,
}

#[derive(Deserialize)]
struct WireRole {
    id: Snowflake<u64>,
    permissions: String,
}

#[derive(Deserialize)]
struct WireMember {
    user: WireUser,
    nick: Option<String>,
    roles: Vec<Snowflake<u64>>,
    communication_disabled_until: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::fake::{Answer, Discord};

    const GUILD: Answer = (
        200,
        &[],
        r#"{"id":"100","name":"Anglers","owner_id":"7","roles":[
            {"id":"100","permissions":"1024"},{"id":"101","permissions":"1099511627776"},{"id":"102","permissions":"8"}]}"#,
    );

    fn guild() -> GuildId {
        GuildId::new(100).unwrap()
    }

    fn person(id: u64) -> PersonId {
        PersonId::new(id).unwrap()
    }

    #[tokio::test]
    async fn a_members_permissions_are_read_in_two_calls() {
        let member: Answer =
            (200, &[], r#"{"user":{"id":"8","username":"ada","global_name":"Ada"},"nick":"Countess","roles":["101"]}"#);
        let discord = Discord::answering(&[member, GUILD, GUILD]).await;
        let found = discord.client.member_permissions(guild(), person(8)).await.unwrap().unwrap();
        assert_eq!(
            (found.display_name.as_str(), found.permissions, found.is_moderator()),
            ("Countess", 1024 | (1 << 40), true)
        );
        assert!(!format!("{found:?}").contains("Countess"));
        let server = discord.client.guild(guild()).await.unwrap();
        assert_eq!((server.name.as_str(), server.owner), ("Anglers", person(7)));
        let lines: Vec<_> = discord.seen().iter().map(|seen| format!("{} {}", seen.method, seen.uri)).collect();
        assert_eq!(lines[0], "GET /api/v10/guilds/100/members/8");
        assert!(lines[1].starts_with("GET /api/v10/guilds/100"), "{lines:?}");
    }

    #[tokio::test]
    async fn who_is_no_member_has_no_permissions() {
        let strangers: [Answer; 4] = [
            (404, &[], r#"{"code":10007,"message":"Unknown Member"}"#),
            (404, &[], r#"{"code":10013,"message":"Unknown User"}"#),
            (404, &[], r#"{"code":10004,"message":"Unknown Guild"}"#),
            (403, &[], r#"{"code":50001,"message":"Missing Access"}"#),
        ];
        let discord = Discord::answering(&strangers).await;
        for _ in strangers {
            assert_eq!(discord.client.member_permissions(guild(), person(8)).await.unwrap(), None);
        }
        // Not knowing is not the same.
        let discord = Discord::answering(&[(502, &[], "")]).await;
        assert!(discord.client.member_permissions(guild(), person(8)).await.is_err());
    }

    #[test]
    fn permissions_are_those_of_all_roles() {
        let wire: WireGuild = serde_json::from_str(GUILD.2).unwrap();
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let check = |id: u64, roles: &[&str], until: Option<&str>, expected: u64| {
            let member = json!({"user": {"id": id.to_string()}, "roles": roles, "communication_disabled_until": until});
            let member: WireMember = serde_json::from_value(member).unwrap();
            assert_eq!(permissions(guild(), person(id), &member, &wire, now), expected, "{id} {roles:?} {until:?}");
        };
        let (past, future) = (Some("2025-12-31T23:59:59.5+00:00"), Some("2026-01-01T00:00:01.000000+00:00"));
        check(8, &[], None, 1024);
        check(8, &["101"], None, 1024 | (1 << 40));
        check(8, &["101"], past, 1024 | (1 << 40));
        check(8, &["999"], None, 1024);
        check(8, &["102"], None, u64::MAX);
        check(7, &[], None, u64::MAX);
        // Whoever is sent out moderates nothing meanwhile, but for those who cannot be sent out.
        check(8, &["101"], future, 1024);
        check(8, &["101"], Some("soon"), 1024);
        check(8, &["102"], future, u64::MAX);
        check(7, &[], future, u64::MAX);
    }
}
