//! `/countries`: their names and calling codes.

use axum::Json;
use kernel::http::{Answer, Id, Needs, Paging, Params, Routes};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::Here;

/// Code (ISO 3166-1), calling code (ITU-T E.164), region and English name, in the order of names.
const TABLE: &str = include_str!("../countries.tsv");

/// A country. Its number is its place in the list, as Zendesk's are.
#[derive(Clone, Serialize, JsonSchema)]
struct CountryView {
    id: i64,
    code: String,
    calling_code: String,
    name: String,
    /// `AMER`, `EMEA` or `APAC`.
    region: String,
}

#[derive(Serialize, JsonSchema)]
struct CountryAnswer {
    country: CountryView,
}

#[derive(Serialize, JsonSchema)]
struct CountriesAnswer {
    countries: Vec<CountryView>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/countries", list)
        .needs(Needs::Nothing)
        .query::<Paging>()
        .gives::<CountriesAnswer>()
        .get("/api/v2/countries/{id}", show)
        .needs(Needs::Nothing)
        .gives::<CountryAnswer>()
}

fn countries() -> impl Iterator<Item = CountryView> {
    TABLE.lines().zip(1..).filter_map(|(line, id)| {
        let mut parts = line.split('\t').map(str::to_owned);
        let (code, calling_code, region, name) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        Some(CountryView { id, code, calling_code, name, region })
    })
}

/// Zendesk's list is whole unless a page of it is asked for.
async fn list(here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    if paging.by_cursor() || paging.page.is_some() || paging.per_page.is_some() {
        return Ok(Json(here.whole(&paging, "countries", countries().collect())?));
    }
    Ok(Json(serde_json::json!({"countries": countries().collect::<Vec<_>>()})))
}

async fn show(Id(id): Id<i64>) -> Answer<Json<CountryAnswer>> {
    let country = countries().find(|country| country.id == id).ok_or(base::Error::NotFound)?;
    Ok(Json(CountryAnswer { country }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_a_country() {
        assert_eq!(countries().count(), TABLE.lines().count());
        let estonia = countries().find(|country| country.code == "EE").unwrap();
        assert_eq!((estonia.calling_code.as_str(), estonia.region.as_str()), ("372", "EMEA"));
        assert!(countries().all(|country| ["AMER", "EMEA", "APAC"].contains(&country.region.as_str())));
    }
}
