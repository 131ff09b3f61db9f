-- Set when somebody else chose the password: the first sign-in sets one's own. Null is no; with a default here DuckDB
-- 1.5 refuses the next alteration within the transaction, once the table has rows.
alter table user_account add column must_change boolean;
alter table user_account add column password_changed_at timestamp;

-- Sessions by the hash of what the browser holds, so that a copy of this file signs nobody in. `number` is no secret:
-- by it a person names a session to be ended.
create temporary table session_before as select * from session;
drop table session;
create sequence session_number;
create table session (
    id varchar primary key,
    number bigint not null,
    username varchar not null,
    created_at timestamp not null,
    seen_at timestamp not null,
    ended_at timestamp,
    address varchar not null,
    browser varchar not null
);
insert into session
select sha256(id), nextval('session_number'), username, created_at, seen_at, ended_at, '', '' from session_before;
drop table session_before;

-- Failed sign-ins by account (as typed, also of nobody) and by address; gone after a success or a day.
create table sign_in_failure (
    kind varchar not null, name varchar not null, failures integer not null, last_at timestamp not null,
    locked_until timestamp, primary key (kind, name)
);

-- TOTP; `last_step` is the newest half minute whose code was used, so that none is used twice.
create table second_factor (
    username varchar primary key, secret varchar not null, since timestamp not null, last_step bigint not null
);
create table recovery_code (username varchar not null, hash varchar not null);

-- Codes that set a password once: of an account that an administrator reset, or (username empty) of the first one.
create table one_time_code (
    hash varchar primary key, username varchar not null, made_by varchar not null, expires_at timestamp not null
);

-- Who somebody is at the city's own sign-in service (OIDC).
create table outside_name (username varchar primary key, name varchar not null unique);
