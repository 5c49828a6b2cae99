use crate::{Allowance, ApiKey};

use super::{at, is_conflict, raw, store};

fn key(id: &str) -> ApiKey {
    ApiKey {
        id: id.to_owned(),
        name: "exporter".to_owned(),
        hash: "ab".repeat(32),
        created_by: "Alex".to_owned(),
        created_at: at(0),
        revoked_at: None,
    }
}

#[tokio::test]
async fn a_key_is_kept_once_and_stays_after_it_is_revoked() {
    let store = store().await;
    assert_eq!(store.api_key("a").await.unwrap().is_none(), store.api_keys().await.unwrap().is_empty());
    store.keep_api_key(&key("a")).await.unwrap();
    store.keep_api_key(&key("b")).await.unwrap();
    let other = ApiKey { hash: "cd".repeat(32), ..key("a") };
    assert!(is_conflict(&store.keep_api_key(&other).await));
    assert!(store.api_key("a").await.unwrap() == Some(key("a")), "the first one stands");

    assert!(store.revoke_api_key("a", at(5)).await.unwrap());
    assert!(store.revoke_api_key("a", at(9)).await.unwrap());
    let revoked = ApiKey { revoked_at: Some(at(5)), ..key("a") };
    assert!(store.api_key("a").await.unwrap() == Some(revoked.clone()), "it was revoked the first time");
    assert!(is_conflict(&store.keep_api_key(&key("a")).await), "its ID is not given again");
    assert!(store.api_keys().await.unwrap() == [revoked, key("b")]);

    assert!(!store.revoke_api_key("c", at(5)).await.unwrap());
    assert!(store.api_key("c").await.unwrap().is_none(), "revoking makes none");
}

#[test]
fn a_key_does_not_print_its_hash() {
    let printed = format!("{:?}", key("a"));
    assert!(printed.contains("\"a\"") && !printed.contains("abab") && !printed.contains("Alex"), "{printed}");
}

#[tokio::test]
async fn an_allowance_is_for_a_minute_and_each_has_their_own() {
    let store = store().await;
    let start = at(0).as_second().div_euclid(60) * 60;
    let second = |second: i64| jiff::Timestamp::from_second(start + second).unwrap();
    let left = |remaining, reset_seconds, granted| Allowance { limit: 2, remaining, reset_seconds, granted };
    assert_eq!(store.take_allowance("a", 2, second(0)).await.unwrap(), left(1, 60, true));
    assert_eq!(store.take_allowance("a", 2, second(59)).await.unwrap(), left(0, 1, true));
    assert_eq!(store.take_allowance("a", 2, second(59)).await.unwrap(), left(0, 1, false));
    assert_eq!(store.take_allowance("a", 2, second(30)).await.unwrap(), left(0, 30, false));
    assert_eq!(store.take_allowance("b", 2, second(59)).await.unwrap(), left(1, 1, true));
    assert_eq!(store.take_allowance("a", 2, second(60)).await.unwrap(), left(1, 60, true), "the next minute");
    let item = raw(&store, "RATE#a", &(start / 60).to_string()).await.unwrap();
    let expires: i64 = super::attribute(&item, "expires_at").parse().unwrap();
    assert!(expires > start + 60, "it outlives its minute, and not for ever");
}

#[tokio::test]
async fn of_many_at_once_as_many_are_granted_as_there_are() {
    let store = store().await;
    let asked = futures::future::join_all((0..30).map(|_| store.take_allowance("a", 10, at(0)))).await;
    let granted = asked.into_iter().filter(|answer| answer.as_ref().unwrap().granted).count();
    assert_eq!(granted, 10);
}
