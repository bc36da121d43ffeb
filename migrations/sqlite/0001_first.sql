-- The first shape of the store. Times are milliseconds since 1970 (UTC), ids are UUIDs, shapes are
-- GeoJSON text. Every table of a city leads its keys with city_id.

-- A city that this instance serves. Its box says where an issue's place can be believed: around
-- all its maps but those that were withdrawn.
CREATE TABLE city (
    city_id     INTEGER NOT NULL PRIMARY KEY,
    slug        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    host        TEXT UNIQUE,
    timezone    TEXT NOT NULL,
    language    TEXT NOT NULL,
    west        REAL,
    south       REAL,
    east        REAL,
    north       REAL,
    created_at  INTEGER NOT NULL
) STRICT;

-- Numbers that a city hands out in order: issues of a year, events, changes, matches. A counter's
-- row stays locked until its transaction ends, so whoever reads up to a number has seen all below.
CREATE TABLE counter (
    city_id     INTEGER NOT NULL REFERENCES city,
    name        TEXT NOT NULL,
    value       INTEGER NOT NULL,
    PRIMARY KEY (city_id, name)
) STRICT, WITHOUT ROWID;

-- The versions of each boundary layer in time, and the wards of each version.
CREATE TABLE layer_version (
    city_id      INTEGER NOT NULL REFERENCES city,
    layer        TEXT NOT NULL,
    version      INTEGER NOT NULL,
    -- The first version of a layer has always held; a later one holds from this time.
    effective_at INTEGER NOT NULL,
    imported_at  INTEGER NOT NULL,
    -- Wards at most so many metres from an issue hear of it too.
    tolerance_m  REAL NOT NULL,
    -- The file it came from, for people.
    origin       TEXT NOT NULL,
    -- When its operator took it back: it holds no longer, and its number is not used again.
    withdrawn_at INTEGER,
    PRIMARY KEY (city_id, layer, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE ward (
    city_id     INTEGER NOT NULL,
    layer       TEXT NOT NULL,
    version     INTEGER NOT NULL,
    ward        TEXT NOT NULL,
    name        TEXT NOT NULL,
    shape       TEXT NOT NULL,
    west        REAL NOT NULL,
    south       REAL NOT NULL,
    east        REAL NOT NULL,
    north       REAL NOT NULL,
    PRIMARY KEY (city_id, layer, version, ward),
    FOREIGN KEY (city_id, layer, version) REFERENCES layer_version
) STRICT;

-- Files of addresses and of street centre lines. Their rows are written before the import holds, and
-- those of the one that it replaces are taken away after; the counter "gazetteer" tells each change.
CREATE TABLE gazetteer_import (
    city_id     INTEGER NOT NULL REFERENCES city,
    import_no   INTEGER NOT NULL,
    -- What the operator calls it: an import of the same name replaces it.
    source      TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('addresses', 'streets')),
    state       TEXT NOT NULL CHECK (state IN ('loading', 'holds', 'gone')),
    -- The file it came from, for people.
    origin      TEXT NOT NULL,
    entries     INTEGER NOT NULL,
    imported_at INTEGER NOT NULL,
    PRIMARY KEY (city_id, import_no)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX gazetteer_holds ON gazetteer_import (city_id, source) WHERE state = 'holds';

CREATE TABLE gazetteer_address (
    city_id     INTEGER NOT NULL,
    import_no   INTEGER NOT NULL,
    address_no  INTEGER NOT NULL,
    number      TEXT NOT NULL,
    street      TEXT NOT NULL,
    lon         REAL NOT NULL,
    lat         REAL NOT NULL,
    PRIMARY KEY (city_id, import_no, address_no)
) STRICT, WITHOUT ROWID;

-- A piece of a street's middle, and the house numbers at its first and last corner on either side.
CREATE TABLE gazetteer_street (
    city_id     INTEGER NOT NULL,
    import_no   INTEGER NOT NULL,
    street_no   INTEGER NOT NULL,
    name        TEXT NOT NULL,
    -- JSON: longitudes and latitudes by turns.
    line        TEXT NOT NULL,
    left_from   INTEGER,
    left_to     INTEGER,
    right_from  INTEGER,
    right_to    INTEGER,
    PRIMARY KEY (city_id, import_no, street_no)
) STRICT, WITHOUT ROWID;

-- People, and how they are reached. A mail address or push endpoint belongs to one watcher.
CREATE TABLE watcher (
    city_id     INTEGER NOT NULL REFERENCES city,
    watcher_id  BLOB NOT NULL,
    language    TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    -- By what all that they say of issues is known to be theirs. Shown to nobody.
    author      BLOB,
    -- Whether what they say of an issue is shown at once or held until somebody of the city's has read it,
    -- by that one's word; without it that goes by how long they have been here.
    comments    TEXT CHECK (comments IN ('shown', 'held')),
    -- Up to when they have seen what they were told, and when they last signed out everywhere: a browser
    -- that signed in before that is theirs no more.
    seen_at       INTEGER,
    signed_out_at INTEGER,
    -- When the last link was asked for by which they signed in, and when it first was pressed: that link
    -- and older ones sign nobody in any more.
    link_asked_at INTEGER,
    link_used_at  INTEGER,
    PRIMARY KEY (city_id, watcher_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX watcher_author ON watcher (city_id, author) WHERE author IS NOT NULL;

-- When people want to be told; most have chosen nothing, and have no row.
CREATE TABLE habits (
    city_id      INTEGER NOT NULL,
    watcher_id   BLOB NOT NULL,
    -- The local hour, 0 to 23, at which digests are due, and the day of weekly ones, 1 Monday.
    digest_hour  INTEGER NOT NULL,
    digest_day   INTEGER NOT NULL,
    -- Local hours from one up to another in which nothing is sent.
    quiet_from   INTEGER,
    quiet_to     INTEGER,
    -- The last time without any message, and when it was asked for.
    paused_at    INTEGER,
    paused_until INTEGER,
    PRIMARY KEY (city_id, watcher_id),
    FOREIGN KEY (city_id, watcher_id) REFERENCES watcher
) STRICT, WITHOUT ROWID;

CREATE INDEX habits_paused ON habits (city_id, paused_until) WHERE paused_until IS NOT NULL;

CREATE TABLE contact (
    city_id      INTEGER NOT NULL,
    contact_id   BLOB NOT NULL,
    watcher_id   BLOB NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('mail', 'push', 'webhook')),
    -- A mail address, a push endpoint with its keys, or a webhook's URL.
    address      TEXT NOT NULL,
    p256dh       BLOB,
    auth         BLOB,
    -- Of a push endpoint: what a person knows the browser by, 'Firefox/Android'.
    device       TEXT,
    -- Of a webhook: which of its secrets signs, since when, and since when it has taken nothing.
    secret_no    INTEGER,
    secret_at    INTEGER,
    failing_at   INTEGER,
    -- 'suspended': it had agreed, and its mails come back; its owner may lift that.
    state        TEXT NOT NULL
                 CHECK (state IN ('unconfirmed', 'confirmed', 'suspended', 'retired')),
    confirmed_at INTEGER,
    -- When and why it was retired or suspended.
    retired_at   INTEGER,
    retired_why  TEXT,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (city_id, contact_id),
    UNIQUE (city_id, kind, address),
    FOREIGN KEY (city_id, watcher_id) REFERENCES watcher
) STRICT;
-- Whom an event reaches by what is asked for thousands at once; the rows are wide.
CREATE INDEX contact_of ON contact (city_id, watcher_id, state, contact_id, kind);

-- Contacts that somebody says are theirs, until that is shown: a browser by confirming the watch that was
-- asked for with it, an address by its reader's answer. Until then each is a watcher's who is nothing else.
CREATE TABLE claim (
    city_id     INTEGER NOT NULL,
    -- That watch, or the question ('ping') that the address was sent.
    claim_id    BLOB NOT NULL,
    contact_id  BLOB NOT NULL,
    watcher_id  BLOB NOT NULL,
    claimed_at  INTEGER NOT NULL,
    PRIMARY KEY (city_id, claim_id, contact_id),
    FOREIGN KEY (city_id, watcher_id) REFERENCES watcher
) STRICT, WITHOUT ROWID;

CREATE INDEX claim_of ON claim (city_id, watcher_id);
CREATE INDEX claim_to ON claim (city_id, contact_id);

-- Mails that came back for a passing reason within the last month, each once, however often it was
-- reported: what a contact is suspended by.
CREATE TABLE came_back (
    city_id     INTEGER NOT NULL REFERENCES city,
    contact_id  BLOB NOT NULL,
    -- Which of its mails, or which day where nobody can tell.
    mail        BLOB NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (city_id, contact_id, mail)
) STRICT, WITHOUT ROWID;

-- What people watch. A deleted watch stays for a while as a row without its area, so that what it
-- has sent can be explained, and that every process hears of it. When its owner leaves, the row is
-- given to nobody (the watcher whose id is 0), without anything that they have said.
CREATE TABLE watch (
    city_id      INTEGER NOT NULL,
    watch_id     BLOB NOT NULL,
    -- Small and dense, for the lists in event_match.
    watch_no     INTEGER NOT NULL,
    watcher_id   BLOB NOT NULL,
    name         TEXT NOT NULL,
    target       TEXT NOT NULL CHECK (target IN ('area', 'wards', 'issue')),
    -- target 'area': GeoJSON and its box.
    shape        TEXT,
    west         REAL,
    south        REAL,
    east         REAL,
    north        REAL,
    -- target 'wards': JSON [{layer, ward}…], and what was meant: this ward, or this address.
    wards        TEXT,
    meant        TEXT,
    -- target 'issue'.
    issue_id     BLOB,
    -- JSON: categories, kinds, keywords.
    filter       TEXT NOT NULL,
    rhythm       TEXT NOT NULL,
    via_mail     INTEGER NOT NULL,
    via_push     INTEGER NOT NULL,
    via_webhook  INTEGER NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('unconfirmed', 'active', 'paused', 'deleted')),
    -- The contact that was asked to confirm it, and how often a wrong code was typed.
    asked        BLOB,
    asked_at     INTEGER,
    wrong_codes  INTEGER NOT NULL DEFAULT 0,
    -- The public area whose outline it has, and goes on having when that changes; or when that came to its
    -- end, and the outline stayed.
    follows      BLOB,
    follow_ended_at INTEGER,
    -- Counts every change of any watch in the city; an index catches up by it.
    change_no    INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    confirmed_at INTEGER,
    deleted_at   INTEGER,
    PRIMARY KEY (city_id, watch_id),
    UNIQUE (city_id, watch_no),
    FOREIGN KEY (city_id, watcher_id) REFERENCES watcher
) STRICT;
CREATE INDEX watch_of ON watch (city_id, watcher_id);
CREATE INDEX watch_follows ON watch (city_id, follows) WHERE follows IS NOT NULL;
CREATE INDEX watch_changes ON watch (city_id, change_no);
CREATE INDEX watch_unanswered ON watch (city_id, asked_at) WHERE state = 'unconfirmed';
CREATE INDEX watch_deleted ON watch (city_id, deleted_at) WHERE state = 'deleted';

-- Areas that somebody watches and lets everybody see and follow, under a name that says nothing of them.
CREATE TABLE public_area (
    city_id     INTEGER NOT NULL,
    area_id     BLOB NOT NULL,
    watch_id    BLOB NOT NULL,
    watcher_id  BLOB NOT NULL,
    name        TEXT NOT NULL,
    -- 'held' until somebody of the city's has read the name of one who is new here.
    state       TEXT NOT NULL CHECK (state IN ('held', 'shown', 'dismissed')),
    named_at    INTEGER NOT NULL,
    PRIMARY KEY (city_id, area_id),
    UNIQUE (city_id, watch_id),
    FOREIGN KEY (city_id, watcher_id) REFERENCES watcher
) STRICT, WITHOUT ROWID;

CREATE INDEX public_area_of ON public_area (city_id, watcher_id);

-- Issues as they stand, each once per source.
CREATE TABLE issue (
    city_id     INTEGER NOT NULL REFERENCES city,
    issue_id    BLOB NOT NULL,
    -- Year and count, '26-001234'.
    number      TEXT NOT NULL,
    source      TEXT NOT NULL,
    source_id   TEXT NOT NULL,
    category    TEXT NOT NULL,
    status      TEXT NOT NULL,
    description TEXT NOT NULL,
    address     TEXT NOT NULL,
    lon         REAL,
    lat         REAL,
    -- 'good', or why its place is not believed.
    place       TEXT NOT NULL,
    opened_at   INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    -- When its source's row last changed, by the source's account.
    stated_at   INTEGER,
    closed_at   INTEGER,
    votes       INTEGER NOT NULL,
    -- Taken off the site, for good: kept, and shown to nobody.
    hidden      INTEGER NOT NULL,
    attributes  TEXT NOT NULL,
    -- For searching, in small letters: the databases know only those of ASCII, or the server's own.
    category_folded TEXT NOT NULL,
    words_folded    TEXT NOT NULL,
    PRIMARY KEY (city_id, issue_id),
    UNIQUE (city_id, number),
    UNIQUE (city_id, source, source_id)
) STRICT;
CREATE INDEX issue_recent ON issue (city_id, changed_at);
-- For what is open near a place that somebody reports.
CREATE INDEX issue_open_at ON issue (city_id, lat) WHERE hidden = 0 AND status <> 'closed';
-- For the list of categories, read name by name.
CREATE INDEX issue_category ON issue (city_id, category) WHERE hidden = 0;
-- For lists of issues, each in the order in which it is read: what is asked for stands side by side.
CREATE INDEX issue_opened ON issue (city_id, opened_at, issue_id) WHERE hidden = 0;
CREATE INDEX issue_open ON issue (city_id, opened_at, issue_id)
    WHERE hidden = 0 AND status <> 'closed';
CREATE INDEX issue_votes ON issue (city_id, votes, opened_at, issue_id) WHERE hidden = 0;
CREATE INDEX issue_of_category ON issue (city_id, category_folded, opened_at, issue_id)
    WHERE hidden = 0;
-- What lies in a box: a band of latitudes, of which the rest is left out without reading it.
CREATE INDEX issue_place ON issue (city_id, lat, lon) WHERE hidden = 0 AND place = 'good';

-- How many issues lie in each cell of a grid, for maps that show more of them than anybody can tell
-- apart. A cell of a level is 360/2^level degrees wide and high, counted from -180, -90. Sums are of
-- millionths of a degree from there, in whole numbers, so that what is taken away leaves no trace.
-- Kept by triggers, in the transaction that changes an issue; only places that are believed count.
CREATE TABLE issue_cell (
    city_id     INTEGER NOT NULL,
    level       INTEGER NOT NULL,
    cell_y      INTEGER NOT NULL,
    cell_x      INTEGER NOT NULL,
    is_open     INTEGER NOT NULL,
    issues      INTEGER NOT NULL,
    lon_sum     INTEGER NOT NULL,
    lat_sum     INTEGER NOT NULL,
    PRIMARY KEY (city_id, level, cell_y, cell_x, is_open)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER issue_counted AFTER INSERT ON issue
WHEN NEW.hidden = 0 AND NEW.place = 'good' AND NEW.lon IS NOT NULL AND NEW.lat IS NOT NULL
BEGIN
    INSERT INTO issue_cell (city_id, level, cell_y, cell_x, is_open, issues, lon_sum, lat_sum)
    SELECT NEW.city_id, g.column1, CAST((NEW.lat + 90) * g.column2 AS INTEGER),
        CAST((NEW.lon + 180) * g.column2 AS INTEGER), NEW.status <> 'closed', 1,
        CAST((NEW.lon + 180) * 1000000 AS INTEGER), CAST((NEW.lat + 90) * 1000000 AS INTEGER)
    FROM (VALUES (12, 4096 / 360.0), (14, 16384 / 360.0), (16, 65536 / 360.0), (18, 262144 / 360.0)) AS g
    WHERE true
    ON CONFLICT (city_id, level, cell_y, cell_x, is_open) DO UPDATE SET
        issues = issues + excluded.issues, lon_sum = lon_sum + excluded.lon_sum,
        lat_sum = lat_sum + excluded.lat_sum;
END;

CREATE TRIGGER issue_recounted AFTER UPDATE OF lon, lat, place, status, hidden ON issue
WHEN NEW.lon IS NOT OLD.lon OR NEW.lat IS NOT OLD.lat OR NEW.place <> OLD.place
    OR NEW.hidden <> OLD.hidden OR (NEW.status = 'closed') <> (OLD.status = 'closed')
BEGIN
    INSERT INTO issue_cell (city_id, level, cell_y, cell_x, is_open, issues, lon_sum, lat_sum)
    SELECT OLD.city_id, g.column1, CAST((OLD.lat + 90) * g.column2 AS INTEGER),
        CAST((OLD.lon + 180) * g.column2 AS INTEGER), OLD.status <> 'closed', -1,
        -CAST((OLD.lon + 180) * 1000000 AS INTEGER), -CAST((OLD.lat + 90) * 1000000 AS INTEGER)
    FROM (VALUES (12, 4096 / 360.0), (14, 16384 / 360.0), (16, 65536 / 360.0), (18, 262144 / 360.0)) AS g
    WHERE OLD.hidden = 0 AND OLD.place = 'good' AND OLD.lon IS NOT NULL AND OLD.lat IS NOT NULL
    ON CONFLICT (city_id, level, cell_y, cell_x, is_open) DO UPDATE SET
        issues = issues + excluded.issues, lon_sum = lon_sum + excluded.lon_sum,
        lat_sum = lat_sum + excluded.lat_sum;
    INSERT INTO issue_cell (city_id, level, cell_y, cell_x, is_open, issues, lon_sum, lat_sum)
    SELECT NEW.city_id, g.column1, CAST((NEW.lat + 90) * g.column2 AS INTEGER),
        CAST((NEW.lon + 180) * g.column2 AS INTEGER), NEW.status <> 'closed', 1,
        CAST((NEW.lon + 180) * 1000000 AS INTEGER), CAST((NEW.lat + 90) * 1000000 AS INTEGER)
    FROM (VALUES (12, 4096 / 360.0), (14, 16384 / 360.0), (16, 65536 / 360.0), (18, 262144 / 360.0)) AS g
    WHERE NEW.hidden = 0 AND NEW.place = 'good' AND NEW.lon IS NOT NULL AND NEW.lat IS NOT NULL
    ON CONFLICT (city_id, level, cell_y, cell_x, is_open) DO UPDATE SET
        issues = issues + excluded.issues, lon_sum = lon_sum + excluded.lon_sum,
        lat_sum = lat_sum + excluded.lat_sum;
END;

-- Issues that somebody wants to hear no more of, whatever they watch.
CREATE TABLE mute (
    city_id    INTEGER NOT NULL,
    watcher_id BLOB NOT NULL,
    issue_id   BLOB NOT NULL,
    muted_at   INTEGER NOT NULL,
    PRIMARY KEY (city_id, watcher_id, issue_id),
    FOREIGN KEY (city_id, watcher_id) REFERENCES watcher,
    FOREIGN KEY (city_id, issue_id) REFERENCES issue
) STRICT, WITHOUT ROWID;

CREATE INDEX mute_issue ON mute (city_id, issue_id);

-- Whose comments somebody wants to hear no more of, on whatever issue.
CREATE TABLE muted_author (
    city_id    INTEGER NOT NULL,
    watcher_id BLOB NOT NULL,
    author     BLOB NOT NULL,
    -- The comment by which they were muted.
    event_id   BLOB NOT NULL,
    muted_at   INTEGER NOT NULL,
    PRIMARY KEY (city_id, watcher_id, author),
    FOREIGN KEY (city_id, watcher_id) REFERENCES watcher
) STRICT, WITHOUT ROWID;

CREATE INDEX muted_author_by ON muted_author (city_id, author);

-- Comments that are no events, and so shown and told to nobody: each on its way to become one, and those of
-- residents who are new here until somebody of the city's has read them.
CREATE TABLE held_comment (
    city_id      INTEGER NOT NULL,
    -- The id and the version of the event that it becomes.
    comment_id   BLOB NOT NULL,
    issue_id     BLOB NOT NULL,
    watcher_id   BLOB NOT NULL,
    words        TEXT NOT NULL,
    said_at      INTEGER NOT NULL,
    -- When somebody decided that it is not to be shown; until then it waits.
    dismissed_at INTEGER,
    PRIMARY KEY (city_id, comment_id),
    FOREIGN KEY (city_id, issue_id) REFERENCES issue,
    FOREIGN KEY (city_id, watcher_id) REFERENCES watcher
) STRICT;

CREATE INDEX held_comment_of ON held_comment (city_id, watcher_id);
CREATE INDEX held_comment_on ON held_comment (city_id, issue_id);
CREATE INDEX held_comment_waiting ON held_comment (city_id, said_at) WHERE dismissed_at IS NULL;

-- Who reported an issue here, and whether they say that it is fixed. Shown to nobody.
CREATE TABLE reporter (
    city_id     INTEGER NOT NULL,
    issue_id    BLOB NOT NULL,
    watcher_id  BLOB NOT NULL,
    reported_at INTEGER NOT NULL,
    -- When to ask them, some days after it was closed; when they were asked last, and their answer.
    ask_at      INTEGER,
    asked_at    INTEGER,
    answer      TEXT CHECK (answer IN ('fixed', 'not_fixed')),
    answered_at INTEGER,
    PRIMARY KEY (city_id, issue_id, watcher_id),
    FOREIGN KEY (city_id, issue_id) REFERENCES issue,
    FOREIGN KEY (city_id, watcher_id) REFERENCES watcher
) STRICT, WITHOUT ROWID;

CREATE INDEX reporter_to_ask ON reporter (city_id, ask_at) WHERE ask_at IS NOT NULL;
CREATE INDEX reporter_of ON reporter (city_id, watcher_id);

-- What residents may report, in the order in which they choose from it, and what is asked of each: JSON,
-- as the attributes of an Open311 service definition.
CREATE TABLE service (
    city_id     INTEGER NOT NULL REFERENCES city,
    code        TEXT NOT NULL,
    place       INTEGER NOT NULL,
    name        TEXT NOT NULL,
    hint        TEXT NOT NULL,
    questions   TEXT NOT NULL,
    PRIMARY KEY (city_id, code)
) STRICT, WITHOUT ROWID;

-- Answers that only the city's staff read. They are written before the report that they belong to, so
-- they are known by its source's key; whatever has no report is read by nobody.
CREATE TABLE private_answer (
    city_id     INTEGER NOT NULL REFERENCES city,
    source      TEXT NOT NULL,
    source_id   TEXT NOT NULL,
    code        TEXT NOT NULL,
    asks        TEXT NOT NULL,
    says        TEXT NOT NULL,
    said_at     INTEGER NOT NULL,
    PRIMARY KEY (city_id, source, source_id, code)
) STRICT, WITHOUT ROWID;

-- Photos and videos of issues, as they are shown: nothing of what a camera hid in them is left. The id is
-- worked out from them, so that the same file sent twice is one.
CREATE TABLE attachment (
    city_id       INTEGER NOT NULL,
    attachment_id BLOB NOT NULL,
    issue_id      BLOB NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('still', 'video')),
    media_type    TEXT NOT NULL,
    -- Empty once it was removed, as is the small one, which a video has not.
    bytes         BLOB NOT NULL,
    small         BLOB NOT NULL,
    size          INTEGER NOT NULL,
    width         INTEGER NOT NULL,
    height        INTEGER NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('shown', 'held', 'removed')),
    added_at      INTEGER NOT NULL,
    PRIMARY KEY (city_id, attachment_id),
    FOREIGN KEY (city_id, issue_id) REFERENCES issue
) STRICT;
CREATE INDEX attachment_of ON attachment (city_id, issue_id);

-- The wards that an issue lies in, or is near, in the version that held when it was matched.
CREATE TABLE issue_ward (
    city_id     INTEGER NOT NULL,
    layer       TEXT NOT NULL,
    ward        TEXT NOT NULL,
    issue_id    BLOB NOT NULL,
    near        INTEGER NOT NULL,
    PRIMARY KEY (city_id, layer, ward, issue_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ward_of_issue ON issue_ward (city_id, issue_id);

-- What happened. The key promises that the same version of the same source's issue is told once;
-- `part` tells the events apart that one version explains (opened, then closed).
CREATE TABLE event (
    city_id     INTEGER NOT NULL,
    event_no    INTEGER NOT NULL,
    event_id    BLOB NOT NULL,
    issue_id    BLOB NOT NULL,
    source      TEXT NOT NULL,
    source_id   TEXT NOT NULL,
    version     TEXT NOT NULL,
    part        INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    at          INTEGER NOT NULL,
    actor       TEXT NOT NULL,
    -- Whose comment it is, if a resident made it here; shown to nobody.
    author      BLOB,
    -- The ward whose office did it, '12' or 'LAYER:12', where an official of one did.
    office      TEXT,
    -- A comment's or a resolution's words.
    words       TEXT,
    -- The issue's facts right after the event: what it is matched by.
    category    TEXT NOT NULL,
    status      TEXT NOT NULL,
    description TEXT NOT NULL,
    address     TEXT NOT NULL,
    lon         REAL,
    lat         REAL,
    place       TEXT NOT NULL,
    -- Why it is told to nobody, if so: 'backfill', 'old'.
    quiet       TEXT,
    -- 1 once an operator has said that its hot point is real: it is matched a second time, for
    -- those who watch places.
    let_go      INTEGER NOT NULL DEFAULT 0,
    accepted_at INTEGER NOT NULL,
    -- Set together with what it matched, in one transaction.
    matched_at  INTEGER,
    PRIMARY KEY (city_id, event_no),
    UNIQUE (city_id, event_id),
    UNIQUE (city_id, source, source_id, version, part),
    FOREIGN KEY (city_id, issue_id) REFERENCES issue
) STRICT;
CREATE INDEX event_unmatched ON event (city_id, event_no) WHERE matched_at IS NULL;
CREATE INDEX event_of_issue ON event (city_id, issue_id);
CREATE INDEX event_by ON event (city_id, author) WHERE author IS NOT NULL;
CREATE INDEX event_comments ON event (city_id, event_no) WHERE author IS NOT NULL;
-- What officials have said, for the pages of wards.
CREATE INDEX event_official ON event (city_id, event_no)
    WHERE actor = 'official' AND words IS NOT NULL;
CREATE INDEX event_held ON event (city_id, source, lon, lat) WHERE place = 'hot_point';
CREATE INDEX issue_held ON issue (city_id, source, lon, lat) WHERE place = 'hot_point';

-- Points that take too much of their source's stream, where its geocoder falls back to, and what an
-- operator has said of them.
CREATE TABLE hot_point (
    city_id     INTEGER NOT NULL REFERENCES city,
    source      TEXT NOT NULL,
    lon         REAL NOT NULL,
    lat         REAL NOT NULL,
    decision    TEXT NOT NULL CHECK (decision IN ('held', 'released', 'dismissed')),
    found_at    INTEGER NOT NULL,
    decided_at  INTEGER,
    PRIMARY KEY (city_id, source, lon, lat)
) STRICT, WITHOUT ROWID;

-- What an event matched for later: the numbers of the watches with a digest rhythm, and under
-- 'at_once' of those that could not tell at once, packed (LEB128 differences). One row per event and rhythm, however many watch it. The rhythm is the one
-- that a watch had then: who changes it later is still told, once.
CREATE TABLE event_match (
    city_id     INTEGER NOT NULL,
    match_no    INTEGER NOT NULL,
    event_id    BLOB NOT NULL,
    matched_at  INTEGER NOT NULL,
    rhythm      TEXT NOT NULL,
    watches     BLOB NOT NULL,
    PRIMARY KEY (city_id, match_no)
) STRICT, WITHOUT ROWID;

-- When a watcher's next digest of a rhythm is due, and up to which match the last one went. Rows of
-- 'at_once' and 'hourly' are there only while something waits: what could not be told at once, and
-- what an hour brought.
CREATE TABLE digest_schedule (
    city_id     INTEGER NOT NULL,
    watcher_id  BLOB NOT NULL,
    rhythm      TEXT NOT NULL,
    due_at      INTEGER NOT NULL,
    through_no  INTEGER NOT NULL,
    PRIMARY KEY (city_id, watcher_id, rhythm),
    FOREIGN KEY (city_id, watcher_id) REFERENCES watcher
) STRICT, WITHOUT ROWID;
CREATE INDEX digest_due ON digest_schedule (city_id, due_at);

-- Whom each batch of matches told something at once within the last hour, for there may be only so
-- many messages: for each one of the watches that it names, packed. A batch is known by the first of
-- its events.
CREATE TABLE told_at_once (
    city_id        INTEGER NOT NULL REFERENCES city,
    told_no        INTEGER NOT NULL,
    first_event_no INTEGER NOT NULL,
    told_at        INTEGER NOT NULL,
    watches        BLOB NOT NULL,
    PRIMARY KEY (city_id, told_no)
) STRICT, WITHOUT ROWID;

-- The outbox: one row per message, person and contact. While it waits, `due_at` is when it may be
-- tried next; claiming it moves that forward by a lease, so a sender that dies gives it back.
CREATE TABLE delivery (
    city_id     INTEGER NOT NULL,
    delivery_id BLOB NOT NULL,
    -- What it tells: 'event' (the last of an issue's events in it), 'digest', 'confirm' (a watch),
    -- 'fixed' (the question whether a closed issue is), 'ping' (whether a contact is reached), 'stopped'
    -- (that one is told nothing more), 'sign_in' (the link to sign in).
    about       TEXT NOT NULL
                CHECK (about IN ('event', 'digest', 'confirm', 'fixed', 'ping', 'stopped', 'sign_in')),
    about_id    BLOB NOT NULL,
    watcher_id  BLOB NOT NULL,
    -- Not looked for in `contact`, which would cost as much as writing the row: whoever sends finds
    -- out, and retires what is for a contact that is gone.
    contact_id  BLOB NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('mail', 'push', 'webhook')),
    -- 0 what somebody waits for (confirmations), 1 at once, 2 digests.
    lane        INTEGER NOT NULL,
    -- JSON: which events, by which watches.
    items       TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'waiting'
                CHECK (state IN ('waiting', 'sent', 'retired', 'dead')),
    due_at      INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    -- Who holds it; a settle by anybody else is refused.
    lease       BLOB,
    -- The last outcome in words: the server's reply, or why not.
    outcome     TEXT,
    created_at  INTEGER NOT NULL,
    settled_at  INTEGER,
    PRIMARY KEY (city_id, delivery_id),
    UNIQUE (city_id, about_id, watcher_id, contact_id)
) STRICT;
CREATE INDEX delivery_waiting ON delivery (kind, lane, due_at, created_at)
    WHERE state = 'waiting';
-- What an operator may look at and try again; mostly there is none.
CREATE INDEX delivery_dead ON delivery (kind) WHERE state = 'dead';
-- How often somebody has a webhook asked.
CREATE INDEX delivery_ping ON delivery (city_id, watcher_id, created_at) WHERE about = 'ping';
CREATE INDEX delivery_to ON delivery (city_id, contact_id, created_at);

-- People and programs that may change issues. Keys are kept as SHA-256 only. Of an office: its ward, '12' or
-- 'LAYER:12', and what its holder is called in public.
CREATE TABLE staff (
    city_id     INTEGER NOT NULL REFERENCES city,
    email       TEXT NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('admin', 'staff', 'office')),
    ward        TEXT,
    name        TEXT,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (city_id, email)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_key (
    city_id     INTEGER NOT NULL REFERENCES city,
    hash        BLOB NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('admin', 'staff', 'source')),
    name        TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    revoked_at  INTEGER,
    PRIMARY KEY (city_id, hash)
) STRICT, WITHOUT ROWID;
