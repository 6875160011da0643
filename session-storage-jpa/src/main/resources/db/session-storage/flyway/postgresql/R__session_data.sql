create table if not exists session_data (
  version bigint not null,
  created_at bigint not null,
  expires bigint not null,
  id varchar(43) collate "C" not null primary key,
  data varchar(1048576) not null,
  principal varchar(255)
);
create index if not exists session_data_principal on session_data (principal) where principal is not null;
create index if not exists session_data_expires on session_data (expires);
