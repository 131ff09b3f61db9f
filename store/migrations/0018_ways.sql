-- What figures over time are counted from; all of it is folded from the events (`store/rebuild.py` fills it once).

-- The states a complaint has been in, a letter each, in order: `rftpvkc`. What went where is counted from it, as two
-- columns of six million events took longer than all other questions of Analitik together.
alter table complaint add column way varchar default '';
-- Departments that returned their part, as often as they did: `|DLH|DISHUB|DLH|`.
alter table complaint add column returned_by varchar default '';

-- Ends that did not last: of a reopened, revived, restored or separated complaint. With them and `complaint.ended_at`,
-- how many were open at any moment is a sum; without them the past would change with every reopening.
create table earlier_end (complaint_id bigint not null, ended_at timestamp not null, undone_at timestamp not null);
