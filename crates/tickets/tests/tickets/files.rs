//! Uploads and attachments.

use serde_json::json;

use crate::desk::Desk;

#[test]
fn a_raw_upload_becomes_an_attachment_of_its_comment() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    let made = desk.upload("mari", "/uploads?filename=a%20b.txt", "application/json", b"not json");
    assert_eq!(made.status, 201);
    let token = made.json["upload"]["token"].clone();
    let more = format!("/uploads?filename=c.png&token={}", token.as_str().unwrap());
    let more = desk.upload("mari", &more, "image/png", b"\x89PNG\r\n\x1a\n....\0\0\0\x02\0\0\0\x03").ok();
    assert_eq!(more["upload"]["attachments"].as_array().unwrap().len(), 2);
    desk.change("mari", id, json!({"comment": {"body": "see", "uploads": [token]}})).ok();
    let comments = desk.get("mari", &format!("/tickets/{id}/comments")).ok();
    let files = comments["comments"][1]["attachments"].clone();
    assert_eq!((&files[0]["file_name"], &files[0]["size"]), (&json!("a b.txt"), &json!(8)));
    assert_eq!(files[1]["content_type"], "image/png");
    let path = files[0]["content_url"].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned();
    let content = desk.get("", &path);
    assert_eq!((content.status, content.bytes.as_slice()), (200, b"not json".as_slice()));
    assert!(content.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(content.headers["x-content-type-options"], "nosniff");
    let shown = desk.get("mari", &format!("/attachments/{}", files[1]["id"])).ok();
    assert_eq!(shown["attachment"]["file_name"], "c.png");
}

#[test]
fn a_form_upload_takes_the_part_with_the_file() {
    let desk = Desk::new();
    let body = "--X\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--X\r\nContent-Disposition: form-data; \
        name=\"uploaded_data\"; filename=\"pilt.png\"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--X--\r\n";
    let made = desk.upload("mari", "/uploads", "multipart/form-data; boundary=X", body.as_bytes()).ok();
    let file = &made["upload"]["attachment"];
    assert_eq!(
        (&file["file_name"], &file["content_type"], &file["size"]),
        (&json!("pilt.png"), &json!("image/png"), &json!(3))
    );
    let empty = "--X\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--X--\r\n";
    let refused = desk.upload("mari", "/uploads", "multipart/form-data; boundary=X", empty.as_bytes());
    assert_eq!(refused.faults(), ["uploaded_data"]);
}

#[test]
fn an_upload_is_deleted_by_its_uploader_only_and_unknown_ones_are_refused() {
    let desk = Desk::new();
    let token = desk.upload("mari", "/uploads?filename=a", "text/plain", b"a").ok()["upload"]["token"].clone();
    let path = format!("/uploads/{}", token.as_str().unwrap());
    assert_eq!(desk.delete("peeter", &path).status, 404);
    assert_eq!(desk.delete("mari", &path).status, 204);
    let id = desk.open("juhan", "Printer");
    assert_eq!(desk.change("mari", id, json!({"comment": {"body": "see", "uploads": [token]}})).faults(), ["uploads"]);
}

#[test]
fn a_customer_cannot_fetch_the_file_of_a_note_by_its_number() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    let token = desk.upload("mari", "/uploads?filename=a", "text/html", b"<script>").ok()["upload"]["token"].clone();
    desk.change("mari", id, json!({"comment": {"body": "see", "public": false, "uploads": [token]}})).ok();
    let comments = desk.get("mari", &format!("/tickets/{id}/comments")).ok();
    let file = comments["comments"][1]["attachments"][0].clone();
    assert_eq!(desk.get("juhan", &format!("/attachments/{}", file["id"])).status, 404);
    let path = file["content_url"].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned();
    assert_eq!(desk.get("", &path).headers["content-type"], "application/octet-stream");
}
