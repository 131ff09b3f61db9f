-- The reports to the mayor. An issued one is never updated: its figures stay as they were, with the event up to which they
-- were counted, so that they can be counted again from the events of that moment.
create sequence report_id;
create table report (
    id bigint primary key,
    kind varchar not null,
    first date not null,
    edition integer not null,
    state varchar not null,
    words varchar not null,
    figures varchar not null,
    basis varchar not null,
    as_of timestamp not null,
    last_event_id bigint not null,
    made_at timestamp not null,
    made_by varchar not null,
    version integer not null,
    issued_at timestamp,
    issued_by varchar
);
