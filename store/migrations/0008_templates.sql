-- Message templates and the form (Flow) as Meta holds them, and what administrators asked Meta to do.

-- What Meta last told of each template; `status_at` and `quality_at` are Meta's own times, so that old news changes nothing.
create table template (
    name varchar not null,
    language varchar not null,
    meta_id varchar,
    category varchar,
    body varchar,
    status varchar not null,
    reason varchar,
    quality varchar,
    status_at timestamp not null,
    quality_at timestamp,
    heard_at timestamp not null,
    primary key (name, language)
);

-- The forms that were made at Meta; `body` is the Flow JSON as it was published, `screen` where it begins.
create table flow (
    meta_id varchar primary key,
    name varchar not null,
    body varchar not null,
    screen varchar not null,
    status varchar not null,
    published_at timestamp,
    heard_at timestamp not null
);

create sequence meta_request_id;
-- A press of an administrator that only the worker can carry out, with its outcome as JSON.
create table meta_request (
    id bigint primary key,
    kind varchar not null,
    asked_by varchar not null,
    asked_at timestamp not null,
    state varchar not null,
    done_at timestamp,
    outcome varchar
);
