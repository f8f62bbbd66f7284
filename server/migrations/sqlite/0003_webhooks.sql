-- Who is told of events, and every telling.
CREATE TABLE webhooks (
    id   BLOB PRIMARY KEY,
    live INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webhooks_live ON webhooks (live, id);

CREATE TABLE deliveries (
    id      BLOB PRIMARY KEY,
    webhook BLOB NOT NULL,
    owner   TEXT,             -- whom the event is about, for an erasure
    at      INTEGER NOT NULL, -- when the event was
    state   TEXT NOT NULL,
    due     INTEGER,          -- milliseconds; when it is tried next, while it is pending
    body    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_webhook ON deliveries (webhook, id);
CREATE INDEX deliveries_due ON deliveries (webhook, due) WHERE due IS NOT NULL;
CREATE INDEX deliveries_owner ON deliveries (owner) WHERE owner IS NOT NULL;
CREATE INDEX deliveries_at ON deliveries (at);
