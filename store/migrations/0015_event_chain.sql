-- The event log as a chain (docs/decisions/0010): `hash` covers the row without what is personal in it, and its
-- predecessor; `seal` is a salted hash of the whole `data`, so that what is personal can be erased and the chain still fits.
alter table event add column salt varchar;
alter table event add column seal varchar;
alter table event add column hash varchar;

-- Where each chain ends, so that rows missing at the end are noticed, too. `through` is the last id: rows of an earlier
-- release are chained once, up to where `complete` says so (`store/ledger.py`).
create table chain_head (
    name varchar primary key, through bigint not null, rows bigint not null, hash varchar not null,
    complete boolean not null
);
insert into chain_head select 'event', 0, 0, '', count(*) = 0 from event;
insert into chain_head select 'audit', coalesce(max(id), 0), count(*), coalesce(arg_max(hash, id), ''), true from audit;
