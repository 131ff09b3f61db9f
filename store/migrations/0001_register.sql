-- The register as the first release had it. `event` is the truth; `complaint` is what its events add up to.

create table setting (name varchar primary key, value varchar not null);

create sequence contact_id;
create sequence complaint_id;
create sequence event_id;
create sequence message_in_id;
create sequence message_out_id;
create sequence media_id;

create table contact (
    id bigint primary key,
    name varchar,
    phone varchar,
    bsuid varchar,
    created_at timestamp not null,
    last_inbound_at timestamp,
    merged_into bigint
);
-- One row an identity (a phone number, a business-scoped id), so that a person found by either is one contact.
create table contact_identity (
    kind varchar not null,
    value varchar not null,
    contact_id bigint not null,
    seen_at timestamp not null,
    primary key (kind, value)
);

create table department (
    code varchar primary key, name varchar not null, verified boolean not null, active boolean not null default true
);
create table category (
    code varchar primary key, name varchar not null, department varchar, physical boolean not null default false,
    position integer not null, active boolean not null default true
);
create table kelurahan (
    code varchar primary key, name varchar not null, kecamatan varchar not null, active boolean not null default true
);
create table holiday (day date primary key, name varchar not null, kind varchar not null, source varchar not null);

create table user_account (
    username varchar primary key,
    name varchar not null,
    password_hash varchar not null,
    active boolean not null default true,
    demo boolean not null default false,
    created_at timestamp not null
);
create table user_role (username varchar not null, role varchar not null, department varchar);
create table session (
    id varchar primary key,
    username varchar not null,
    created_at timestamp not null,
    seen_at timestamp not null,
    ended_at timestamp
);

create table complaint (
    id bigint primary key,
    number varchar not null unique,
    channel varchar not null,
    kind varchar not null,
    state varchar not null,
    contact_id bigint not null,
    received_at timestamp not null,
    state_since timestamp not null,
    summary varchar not null,
    category varchar,
    kelurahan varchar,
    address varchar,
    latitude double,
    longitude double,
    department varchar,
    confidential boolean not null,
    promise_due_at timestamp,
    outer_due_at timestamp,
    accept_due_at timestamp,
    first_answer_at timestamp,
    forwarded_at timestamp,
    accepted_at timestamp,
    result_at timestamp,
    result_text varchar,
    stopped_at timestamp,
    ended_at timestamp,
    closing varchar,
    call_reporter boolean not null,
    unread boolean not null,
    message_count integer not null,
    media_count integer not null,
    returned_count integer not null,
    reopened_count integer not null,
    last_message_at timestamp,
    version integer not null
);
-- Counted here rather than by a sequence: a sequence leaves a gap after a rollback, a row does not.
create table number_counter (channel varchar not null, year integer not null, last bigint not null, primary key (channel, year));

create table event (
    id bigint primary key,
    complaint_id bigint not null,
    happened_at timestamp not null,
    kind varchar not null,
    actor varchar not null,
    actor_role varchar not null,
    from_state varchar,
    to_state varchar,
    data varchar not null
);
create table operation (op_id varchar primary key, complaint_id bigint not null, happened_at timestamp not null);

create table message_in (
    id bigint primary key,
    wamid varchar not null unique,
    contact_id bigint not null,
    complaint_id bigint,
    kind varchar not null,
    text varchar,
    reply_to varchar,
    refers_to varchar,
    latitude double,
    longitude double,
    sent_at timestamp not null,
    received_at timestamp not null,
    inbox_id bigint not null,
    raw varchar not null
);
create table media (
    id bigint primary key,
    message_id bigint,
    complaint_id bigint,
    contact_id bigint,
    source varchar not null,
    whatsapp_id varchar,
    mime varchar,
    filename varchar,
    sha256 varchar,
    size bigint,
    state varchar not null,
    problem varchar,
    attempts integer not null default 0,
    next_at timestamp,
    created_at timestamp not null,
    created_by varchar
);

create table message_out (
    id bigint primary key,
    cause varchar not null unique,
    contact_id bigint not null,
    complaint_id bigint,
    purpose varchar not null,
    kind varchar not null,
    text varchar not null,
    extra varchar,
    template varchar,
    template_params varchar,
    created_at timestamp not null,
    created_by varchar not null,
    state varchar not null,
    form varchar,
    wamid varchar,
    attempts integer not null default 0,
    next_at timestamp not null,
    lease_until timestamp,
    lease_by varchar,
    sent_at timestamp,
    delivered_at timestamp,
    read_at timestamp,
    failed_at timestamp,
    error_code integer,
    error_text varchar
);
-- Every try to send, so that a message that may have gone out twice is on record.
create table send_attempt (
    message_id bigint not null, attempt integer not null, started_at timestamp not null, ended_at timestamp,
    outcome varchar not null, form varchar, detail varchar
);

create table inbox_position (name varchar primary key, last_id bigint not null);
-- Bodies or parts of bodies that could not be understood: kept for the administrator, block nothing.
create table inbox_problem (
    inbox_id bigint not null, happened_at timestamp not null, reason varchar not null, raw varchar not null,
    settled_at timestamp, settled_by varchar
);
