-- Quarters of the open data as everybody got them, small counts already left out. A row never changes; a correction is
-- another edition. What complaints have become since does not touch them.
create table open_quarter (
    first date not null,
    edition integer not null,
    as_of timestamp not null,
    last_event_id bigint not null,
    published_by varchar not null,
    told varchar not null,
    primary key (first, edition)
);
