//! Templates of outgoing mail that differ from the built-in ones.

use base::{BrandId, Locale, Result};
use db::{Row, params};
use kernel::Tx;

use crate::email::templates::{Kind, Template};

fn read(row: &Row) -> Result<Template> {
    Ok(Template { subject: row.get("subject")?, html: row.get("html")?, text: row.get("text")? })
}

pub(crate) fn find(tx: &mut Tx<'_>, brand: BrandId, locale: Locale, kind: Kind) -> Result<Option<Template>> {
    let sql = "SELECT subject, html, text FROM mail_templates WHERE brand_id = $1 AND locale = $2 AND kind = $3";
    tx.find(sql, params![brand, locale.code(), kind.name()])?.map(|row| read(&row)).transpose()
}

pub(crate) fn put(tx: &mut Tx<'_>, brand: BrandId, locale: Locale, kind: Kind, template: &Template) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO mail_templates (brand_id, locale, kind, subject, html, text, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (brand_id, locale, kind)
        DO UPDATE SET subject = excluded.subject, html = excluded.html, text = excluded.text, updated_at = excluded.updated_at";
    let (subject, html, text) = (&template.subject, &template.html, &template.text);
    tx.execute(sql, params![brand, locale.code(), kind.name(), subject, html, text, now]).map(drop)
}

pub(crate) fn delete(tx: &mut Tx<'_>, brand: BrandId, locale: Locale, kind: Kind) -> Result<()> {
    let sql = "DELETE FROM mail_templates WHERE brand_id = $1 AND locale = $2 AND kind = $3";
    tx.execute(sql, params![brand, locale.code(), kind.name()]).map(drop)
}
