-- Every step of the standard: several departments on one complaint, pauses, escalation, merging, completeness. All of it
-- is what the events add up to; `store/rebuild.py` fills the new columns of complaints that were there before.

alter table complaint add column departments varchar default '';
alter table complaint add column due_at timestamp;
alter table complaint add column clock_started_at timestamp;
alter table complaint add column paused_at timestamp;
alter table complaint add column promised_at timestamp;
alter table complaint add column escalated varchar;
alter table complaint add column not_ours_count integer default 0;
alter table complaint add column sent_back_count integer default 0;
alter table complaint add column parent_id bigint;
alter table complaint add column child_count integer default 0;
alter table complaint add column elements varchar default '';
alter table complaint add column reminded integer default 0;

-- One row a department that has, or has just returned, its part of a complaint; the same as in `complaint.departments`,
-- which keeps only those that still have it (`|DLH|DPUPR|`), so that whose eyes a row is for costs no join.
create table assignment (
    complaint_id bigint not null,
    position integer not null,
    department varchar not null,
    state varchar not null,
    state_since timestamp not null,
    lead boolean not null,
    binding boolean not null,
    forwarded_at timestamp not null,
    accept_due_at timestamp,
    accepted_at timestamp,
    promised_at timestamp,
    handler varchar,
    result_text varchar
);
create index assignment_of_complaint on assignment (complaint_id);

-- Before or after the work, for photos of staff.
alter table media add column stage varchar;
