-- What is to be said to others: pushes, webhooks, callbacks. Written in the transaction of its cause.
CREATE TABLE outbox (
    id      BLOB PRIMARY KEY,
    queue   TEXT NOT NULL,
    name    TEXT,             -- a newer message of one queue and name takes the place of the older
    owner   TEXT,             -- whom it is about, for an erasure
    due     INTEGER NOT NULL, -- milliseconds; while it is being carried, when the try is taken for lost
    carried INTEGER NOT NULL, -- whether somebody carries it now
    tries   INTEGER NOT NULL,
    body    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (queue, due);
CREATE UNIQUE INDEX outbox_name ON outbox (queue, name) WHERE name IS NOT NULL;
CREATE INDEX outbox_owner ON outbox (owner) WHERE owner IS NOT NULL;
