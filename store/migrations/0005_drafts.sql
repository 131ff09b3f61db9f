-- What somebody has typed into a form and not sent yet: for its owner's eyes only, and only for some days.
create table draft (
    username varchar not null, name varchar not null, body varchar not null, saved_at timestamp not null,
    primary key (username, name)
);
