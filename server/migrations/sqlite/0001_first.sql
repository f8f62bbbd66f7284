-- The first form of the embedded store. Aggregates are JSON documents; the columns beside them are what they are found by.
CREATE TABLE enrollments (
    id         BLOB PRIMARY KEY,
    owner      TEXT NOT NULL,
    ticket     BLOB NOT NULL UNIQUE,
    typed_code BLOB NOT NULL UNIQUE,
    due        INTEGER, -- when its time is over, while it is open
    body       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX enrollments_due ON enrollments (due) WHERE due IS NOT NULL;
CREATE INDEX enrollments_owner ON enrollments (owner);

CREATE TABLE devices (
    id    BLOB PRIMARY KEY,
    owner TEXT NOT NULL,
    body  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_owner ON devices (owner, id);

-- Keys that any device that became active has or had.
CREATE TABLE device_keys (
    thumbprint BLOB PRIMARY KEY,
    device     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Which device a message's kid names: the keys in force and those that the last renewal replaced.
CREATE TABLE device_kids (
    thumbprint BLOB NOT NULL,
    device     BLOB NOT NULL,
    PRIMARY KEY (thumbprint, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_kids_device ON device_kids (device);

CREATE TABLE device_messages (
    device BLOB NOT NULL,
    jti    BLOB NOT NULL,
    until  INTEGER NOT NULL,
    PRIMARY KEY (device, jti)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_messages_until ON device_messages (until);

CREATE TABLE device_sessions (
    token  BLOB PRIMARY KEY,
    device BLOB NOT NULL,
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX device_sessions_device ON device_sessions (device);
CREATE INDEX device_sessions_until ON device_sessions (until);

CREATE TABLE device_replies (
    device   BLOB NOT NULL,
    hash     BLOB NOT NULL,
    counter  INTEGER,
    for_ever INTEGER NOT NULL,
    until    INTEGER,
    body     TEXT NOT NULL,
    PRIMARY KEY (device, hash)
) STRICT, WITHOUT ROWID;

-- What counters have passed is looked for at each answer; what is kept for ever is not walked through.
CREATE INDEX device_replies_passing ON device_replies (device, counter) WHERE for_ever = 0;

CREATE TABLE challenges (
    id    BLOB PRIMARY KEY,
    owner TEXT NOT NULL,
    live  INTEGER NOT NULL,
    state TEXT NOT NULL,
    watch BLOB NOT NULL UNIQUE,
    scan  BLOB UNIQUE,
    due   INTEGER, -- when its time is over, while it is pending
    body  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX challenges_owner ON challenges (owner, id);
CREATE INDEX challenges_pending ON challenges (owner, id) WHERE due IS NOT NULL;
CREATE INDEX challenges_due ON challenges (due) WHERE due IS NOT NULL;

CREATE TABLE users (
    owner TEXT PRIMARY KEY,
    sub   BLOB NOT NULL UNIQUE,
    body  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The hash-chained log: hashes alone, so personal data can be erased beside it.
CREATE TABLE audit (
    row  INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TABLE events (
    id    BLOB PRIMARY KEY,
    live  INTEGER NOT NULL,
    owner TEXT,
    at    INTEGER NOT NULL,
    body  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX events_at ON events (at);
CREATE INDEX events_owner ON events (owner) WHERE owner IS NOT NULL;

CREATE TABLE api_keys (
    id     BLOB PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    body   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE replies (
    api_key BLOB NOT NULL,
    path    TEXT NOT NULL,
    key     TEXT NOT NULL,
    until   INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (api_key, path, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX replies_until ON replies (until);

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
