-- The conversation on WhatsApp: what was understood, who talks, how it was rated, and messages that wait for a choice.

-- What the reporter said of identity, matter and place, as the reader understood it or staff corrected it; JSON.
alter table complaint add column said varchar default '{}';
-- Whoever has taken the conversation over; the bot is silent meanwhile.
alter table complaint add column taken_by varchar;
alter table complaint add column taken_at timestamp;
alter table complaint add column rating integer;
alter table complaint add column rating_words varchar;
alter table complaint add column rated_at timestamp;


-- Messages that may belong to several complaints, until the reporter has chosen, or the time to choose is over.
create table message_waiting (
    wamid varchar primary key, contact_id bigint not null, asked_at timestamp not null, arrived varchar not null
);

-- Automatic messages in the administrator's own words; the built-in ones where there is no row.
create table auto_text (purpose varchar primary key, body varchar not null);

-- Senders whose messages are stored and not answered: proposed by one person, approved by another, until a day.
create sequence sender_block_id;
create table sender_block (
    id bigint primary key,
    contact_id bigint not null,
    reason varchar not null,
    proposed_by varchar not null,
    proposed_at timestamp not null,
    decided_by varchar,
    decided_at timestamp,
    approved boolean,
    until timestamp not null,
    ended_by varchar,
    ended_at timestamp
);
