-- What administrators change on pages, and who changed what.

-- An officer's own number, for reminders; digits as WhatsApp writes them.
alter table user_account add column if not exists whatsapp varchar;
-- Working days; null means the service's own limits.
alter table category add column if not exists promise_days double;
alter table category add column if not exists outer_days double;

-- Other names of a kelurahan, in small letters.
create table kelurahan_alias (alias varchar primary key, kelurahan varchar not null);

create table canned_text (
    code varchar primary key, purpose varchar not null, title varchar not null, body varchar not null,
    category varchar, position integer not null, active boolean not null default true
);

-- What was changed on the page over config.toml: one row a section of it, as JSON.
create table config_override (section varchar primary key, given varchar not null);

create sequence change_log_id;
-- One row a change, never updated: what it was before (null: it is new) and after (null: it was removed), as JSON.
create table change_log (
    id bigint primary key, happened_at timestamp not null, actor varchar not null, subject varchar not null,
    code varchar not null, before varchar, after varchar
);
