use super::{at, attribute, raw, store};
use crate::Claim;

#[tokio::test]
async fn a_delivery_is_claimed_once_and_its_own_repetition_goes_on() {
    let store = store().await;
    let claim = async |owner: &str, second| store.claim("discord", "1", owner, at(second)).await.unwrap();
    assert_eq!(claim("a", 0).await, Claim::New);
    assert_eq!(claim("a", 1).await, Claim::Unfinished, "the same owner died");
    assert_eq!(claim("b", 2).await, Claim::Busy);
    assert_eq!(claim("b", 61).await, Claim::Busy, "the repetition began a lease of its own");
    assert_eq!(claim("b", 62).await, Claim::Unfinished, "the lease is over");
    assert_eq!(claim("a", 63).await, Claim::Busy, "it is the other one's now");
    store.finish_claim("discord", "1").await.unwrap();
    for (owner, second) in [("a", 64), ("b", 64), ("c", 1_000)] {
        assert_eq!(claim(owner, second).await, Claim::Done);
    }
}

#[tokio::test]
async fn what_is_kept_with_a_claim_goes_when_it_is_done() {
    let store = store().await;
    let kept = async || store.kept_with_claim("answer", "1").await.unwrap();
    assert_eq!(kept().await, None);
    assert!(store.keep_with_claim("answer", "1", "hi").await.is_err(), "there is no claim");
    store.claim("answer", "1", "a", at(0)).await.unwrap();
    assert_eq!(kept().await, None);
    store.keep_with_claim("answer", "1", "hi").await.unwrap();
    assert_eq!(store.claim("answer", "1", "a", at(1)).await.unwrap(), Claim::Unfinished);
    assert_eq!(kept().await.as_deref(), Some("hi"));
    store.finish_claim("answer", "1").await.unwrap();
    assert_eq!(kept().await, None);
}

#[tokio::test]
async fn claims_of_two_platforms_are_two_claims() {
    let store = store().await;
    for (platform, id) in [("discord", "1"), ("interaction", "1"), ("discord", "2")] {
        assert_eq!(store.claim(platform, id, "a", at(0)).await.unwrap(), Claim::New);
    }
}

#[tokio::test]
async fn of_many_owners_at_once_one_has_the_claim() {
    let store = store().await;
    let claims = (0..16).map(|owner| {
        let store = store.clone();
        async move { store.claim("discord", "1", &owner.to_string(), at(0)).await.unwrap() }
    });
    let claims = futures::future::join_all(claims).await;
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::New).count(), 1);
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Busy).count(), 15);
}

#[tokio::test]
async fn a_claim_outlives_the_queues_and_is_then_forgotten() {
    let store = store().await;
    store.claim("discord", "1", "a", at(0)).await.unwrap();
    store.finish_claim("discord", "1").await.unwrap();
    let item = raw(&store, "CLAIM#discord#1", "CLAIM").await.unwrap();
    assert_eq!(attribute(&item, crate::keys::EXPIRES_AT), (at(0).as_second() + 7 * 24 * 3600).to_string());
}
