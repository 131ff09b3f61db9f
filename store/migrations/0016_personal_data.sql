-- What the law on personal data (UU 27/2022) asks for: correction, limiting, erasing, and a register of breaches.

-- A name that staff corrected is not overwritten by the one on the person's phone.
alter table contact add column name_fixed boolean;
alter table contact add column limited_at timestamp;
alter table contact add column limited_by varchar;
alter table contact add column limited_reason varchar;
alter table contact add column erase_asked_at timestamp;
alter table contact add column erase_asked_by varchar;
alter table contact add column anonymised_at timestamp;
alter table complaint add column anonymised_at timestamp;

-- What is still to be taken out of the inbox file (`body`: a number or id to look for) and off the disk (`file`: its hash):
-- another file is not in the register's transaction, so it is done after it and again until it is done.
create table to_erase (kind varchar not null, value varchar not null, asked_at timestamp not null);

-- One row a run of what is past its time; `counts` as JSON.
create table retention_run (happened_at timestamp not null, run_by varchar not null, counts varchar not null);

create sequence breach_id;
-- A failure to protect personal data; told within 3 x 24 hours of `found_at` to the people and to the authority (art. 46).
create table breach (
    id bigint primary key,
    found_at timestamp not null,
    noted_by varchar not null,
    noted_at timestamp not null,
    what varchar not null,
    data_kinds varchar not null,
    people integer,
    handling varchar not null default '',
    people_told_at timestamp,
    authority_told_at timestamp,
    public_told_at timestamp,
    closed_at timestamp,
    version integer not null default 1
);
