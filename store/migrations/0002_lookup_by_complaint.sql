-- What belongs to one complaint lies apart in time, and a note on an old one widens the range that a block of rows spans,
-- so that blocks can no longer be skipped: of six million events the timeline of one complaint took 5 ms, with this 0.6
-- (bench/README.md). `complaint_id` is never updated in these tables, so an index is safe and costs only its insertion.
create index event_of_complaint on event (complaint_id);
create index message_in_of_complaint on message_in (complaint_id);
create index message_out_of_complaint on message_out (complaint_id);
