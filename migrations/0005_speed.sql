-- A copy of a mail is looked for by what its sender wrote.
CREATE INDEX inbound_messages_fingerprint ON inbound_messages (fingerprint, id);
