-- Texts in several languages. placeholder: what stands for the text, without braces and dc.
CREATE TABLE dynamic_content_items (
    id {id},
    name TEXT NOT NULL,
    placeholder TEXT NOT NULL UNIQUE,
    default_locale TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE TABLE dynamic_content_variants (
    id {id},
    item_id BIGINT NOT NULL,
    locale TEXT NOT NULL,
    content TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    is_default BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (item_id, locale)
);
