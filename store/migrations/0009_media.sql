-- What staff heard in a voice message, as last corrected; the events keep every wording.
alter table message_in add column transcript varchar;
-- The file that a message of ours carries.
alter table message_out add column media_id bigint;
-- Where a photo says that it was taken.
alter table media add column latitude double;
alter table media add column longitude double;
