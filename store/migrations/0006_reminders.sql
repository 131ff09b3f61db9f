-- Reminders and the daily digest. What was reminded of is an event; these only say when to look again and what was sent.

-- When each open complaint reaches its next level at the earliest, and from what that was computed: another limit, another
-- start or another calendar makes it void. Losing all of it costs one longer look.
create table reminder (
    complaint_id bigint primary key,
    next_at timestamp not null,
    due_at timestamp not null,
    clock_started_at timestamp not null,
    calendar bigint not null
);
-- One row a person and occasion, also where there was nothing to say.
create table digest (
    username varchar not null, day date not null, occasion varchar not null, happened_at timestamp not null,
    primary key (username, day, occasion)
);
-- When a person last looked at "Perlu tindakan", and since when that visit shows what is new.
create table last_look (username varchar primary key, looked_at timestamp not null, since timestamp not null);
