//! Walks over lists.

use serde_json::{Value, json};

use crate::desk::Desk;

async fn walk(desk: &Desk, list: &str, start: &str, link: impl Fn(&Value) -> Value) -> Vec<i64> {
    let mut path = start.to_owned();
    let mut seen = Vec::new();
    loop {
        let page = desk.get("mari", &path).await.ok();
        let items = page[list].as_array().unwrap();
        seen.extend(items.iter().map(|item| item["id"].as_i64().unwrap()));
        let next = link(&page);
        match next.as_str() {
            Some(next) if !items.is_empty() => path = next.strip_prefix("https://desk.test/api/v2").unwrap().to_owned(),
            _ => return seen,
        }
    }
}

#[tokio::test]
async fn every_person_is_met_once_in_either_order() {
    let desk = Desk::new();
    for n in 0..9 {
        desk.clock.advance(1_000 * (n % 2));
        desk.user(json!({"name": format!("P{n}")})).await;
    }
    let mut all = walk(&desk, "users", "/users?per_page=4", |page| page["next_page"].clone()).await;
    assert_eq!(all.len(), 15);
    for start in
        ["/users?page[size]=4", "/users?page[size]=4&sort=-updated_at", "/users?page%5Bsize%5D=4&sort=created_at"]
    {
        let mut met = walk(&desk, "users", start, |page| page["links"]["next"].clone()).await;
        met.sort_unstable();
        all.sort_unstable();
        assert_eq!(met, all, "{start}");
    }
    let falling = walk(&desk, "users", "/users?page[size]=4&sort=-id", |page| page["links"]["next"].clone()).await;
    assert!(falling.is_sorted_by(|a, b| a > b));
}

#[tokio::test]
async fn a_walk_back_meets_the_same_pages() {
    let desk = Desk::new();
    let ids = |page: &Value| page["users"].as_array().unwrap().iter().map(|u| u["id"].clone()).collect::<Vec<_>>();
    let first = desk.get("mari", "/users?page[size]=2").await.ok();
    let after = first["meta"]["after_cursor"].as_str().unwrap();
    let second = desk.get("mari", &format!("/users?page[size]=2&page[after]={after}")).await.ok();
    let before = second["meta"]["before_cursor"].as_str().unwrap();
    let back = desk.get("mari", &format!("/users?page[size]=2&page[before]={before}")).await.ok();
    assert_eq!(ids(&back), ids(&first));
}

#[tokio::test]
async fn organizations_and_their_people_page_alike() {
    let desk = Desk::new();
    for n in 0..5 {
        desk.post("anu", "/organizations", json!({"organization": {"name": format!("O{n}")}})).await.ok();
    }
    let met = walk(&desk, "organizations", "/organizations?page[size]=2", |page| page["links"]["next"].clone()).await;
    assert_eq!(met.len(), 5);
    for n in 0..3 {
        desk.user(json!({"name": format!("P{n}"), "organization_id": met[0]})).await;
    }
    let start = format!("/organizations/{}/users?page[size]=2", met[0]);
    assert_eq!(walk(&desk, "users", &start, |page| page["links"]["next"].clone()).await.len(), 3);
    let start = format!("/organization_memberships?page[size]=2&organization_id={}", met[0]);
    let link = |page: &Value| page["links"]["next"].clone();
    assert_eq!(walk(&desk, "organization_memberships", &start, link).await.len(), 3);
}

#[tokio::test]
async fn a_cursor_that_is_none_is_refused() {
    let desk = Desk::new();
    assert_eq!(desk.get("mari", "/users?page[after]=nonsense").await.status, 400);
    assert_eq!(
        desk.get("mari", "/users?page=101&per_page=100").await.json["errors"][0]["code"],
        "InvalidPaginationDepth"
    );
}
