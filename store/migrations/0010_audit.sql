-- What is no change of a case and yet must be on record: sign-ins, exports, views of confidential cases, settings.
create sequence audit_id;
-- One row a happening, never updated; `hash` covers the row and the hash of its predecessor.
create table audit (
    id bigint primary key, happened_at timestamp not null, actor varchar not null, kind varchar not null,
    subject varchar not null, data varchar not null, hash varchar not null
);
